#include "temporal/connect_options.hpp"

#include "scripted_core/scripted_core.hpp"
#include "temporal/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace temporal {
namespace {

using scripted::Reply;
using scripted::ScriptedCore;
using testing::HasSubstr;

TEST(ConnectOptions, TakeTheEnvironmentThatCoreReads) {
    ScriptedCore core;
    core.on_env_config([](const std::string&) {
        return Reply{.answer = R"({"address":"temporal.example:7233"})"};
    });

    const ConnectOptions options = ConnectOptions::from_environment();

    EXPECT_EQ(options.address, "temporal.example:7233");
    EXPECT_EQ(options.namespace_name, "default");
}

TEST(ConnectOptions, LayersCanBeLaidOneByOne) {
    ScriptedCore core;
    core.on_env_config([](const std::string& asked) {
        const bool is_file = asked.find(R"("disable_env":true)") != std::string::npos;
        return Reply{
            .answer = is_file ? R"({"address":"file:1","namespace":"of-file"})"
                              : R"({"address":"variable:1"})"
        };
    });
    ConnectOptions options;

    options.apply_environment(EnvironmentSource::kFile);
    options.apply_environment(EnvironmentSource::kVariables);

    EXPECT_EQ(options.address, "variable:1");
    EXPECT_EQ(options.namespace_name, "of-file");
}

TEST(ConnectOptions, SayWhatIsWrongWithTheEnvironment) {
    ScriptedCore core;
    core.on_env_config([](const std::string&) {
        return Reply{.answer = {}, .error = "profile 'prod' not found"};
    });
    try {
        static_cast<void>(ConnectOptions::from_environment());
        FAIL() << "it was read";
    } catch (const ConnectError& error) {
        EXPECT_EQ(error.kind(), ConnectError::Kind::kInvalidOptions);
        EXPECT_THAT(error.what(), HasSubstr("profile 'prod' not found"));
    }
}

}  // namespace
}  // namespace temporal
