#include "cli/settings.hpp"

#include "cli/command_error.hpp"
#include "cli/temp_folder.hpp"
#include "scripted_core/scripted_core.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace inference::cli {
namespace {

using temporal::scripted::Reply;
using temporal::scripted::ScriptedCore;
using ::testing::HasSubstr;
using testing::TempFolder;
using testing::thrown_by;

/// What core would read of the variables and of the profile.
void script(ScriptedCore& core, const std::string& variables, const std::string& profile) {
    core.on_env_config([=](const std::string& asked) {
        const bool is_file = asked.find(R"("disable_env":true)") != std::string::npos;
        return Reply{.answer = is_file ? profile : variables};
    });
}

TEST(ConnectOptions, TheFirstThatSaysSomethingWinsFlagVariableFileProfileDefault) {
    const std::string variables = R"({"address":"variable:1"})";
    const std::string profile = R"({"address":"profile:1"})";
    const TemporalConfig file{"file:1", std::nullopt};
    const CommonOptions flag{.address = "flag:1"};

    ScriptedCore core;
    script(core, variables, profile);
    EXPECT_EQ(connect_options(flag, file).address, "flag:1");
    EXPECT_EQ(connect_options({}, file).address, "variable:1");
    script(core, "{}", profile);
    EXPECT_EQ(connect_options({}, file).address, "file:1");
    EXPECT_EQ(connect_options({}, {}).address, "profile:1");
    script(core, "{}", "{}");
    EXPECT_EQ(connect_options({}, {}).address, "127.0.0.1:7233");
    EXPECT_EQ(connect_options({}, {}).namespace_name, "default");
}

TEST(ConnectOptions, EachSettingHasAnOrderOfItsOwn) {
    ScriptedCore core;
    script(core, R"({"namespace":"of-variable"})", R"({"address":"profile:1"})");

    const auto options = connect_options({.address = "flag:1"}, {std::nullopt, "of-file"});

    EXPECT_EQ(options.address, "flag:1");
    EXPECT_EQ(options.namespace_name, "of-variable");
}

TEST(Settings, AllThatIsWrongWithTheFileIsSaidAtOnceWithItsLines) {
    const TempFolder folder;
    const auto file = folder.write("bad.yaml", "worker: {serv: [high]}\nmodel: {}\n");

    const auto error = thrown_by<CommandError>([&] { load_settings({.config = file}); });

    EXPECT_EQ(error.code(), ExitCode::kBadConfiguration);
    EXPECT_THAT(error.what(), HasSubstr("bad.yaml:1: "));
    EXPECT_THAT(error.what(), HasSubstr("bad.yaml:2: "));
}

TEST(Settings, AFileThatIsNamedButMissingIsABadConfiguration) {
    const auto error =
        thrown_by<CommandError>([] { load_settings({.config = "/nowhere/x.yaml"}); });
    EXPECT_EQ(error.code(), ExitCode::kBadConfiguration);
    EXPECT_THAT(error.what(), HasSubstr("/nowhere/x.yaml"));
}

TEST(Settings, WithoutAFileClientsHaveDefaultsAndWorkersAnErrorWithTheNextStep) {
    const TempFolder empty;
    const auto previous = std::filesystem::current_path();
    std::filesystem::current_path(empty.path());

    EXPECT_TRUE(load_settings({}).models.empty());
    const auto error = thrown_by<CommandError>([] { require_settings({}); });
    empty.write(kDefaultConfigFile, "temporal: {address: here:1}\n");
    EXPECT_EQ(load_settings({}).temporal.address, "here:1");

    std::filesystem::current_path(previous);
    EXPECT_EQ(error.code(), ExitCode::kBadConfiguration);
    EXPECT_THAT(error.what(), HasSubstr("--config FILE"));
}

}  // namespace
}  // namespace inference::cli
