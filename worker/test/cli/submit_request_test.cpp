#include "cli/submit_request.hpp"

#include "cli/command_error.hpp"
#include "cli/temp_folder.hpp"
#include "contracts/infer_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace inference::cli {
namespace {

using ::testing::HasSubstr;
using testing::thrown_by;

InferRequest build(const RequestArguments& arguments) {
    std::istringstream in(R"({"messages":[]})");
    return build_request(arguments, in);
}

TEST(SubmitRequest, AStringIsAPromptAndAnObjectTheWholeInput) {
    EXPECT_EQ(
        build({.model = "m", .input = R"("Hello")"}).input, (nlohmann::json{{"prompt", "Hello"}})
    );
    EXPECT_EQ(
        build({.model = "m", .input = R"({"texts":["a"]})"}).input,
        (nlohmann::json{{"texts", {"a"}}})
    );
    EXPECT_EQ(
        build({.model = "m", .input = "-"}).input,
        (nlohmann::json{{"messages", nlohmann::json::array()}})
    );
}

TEST(SubmitRequest, AParameterIsJsonWhereItReadsSoAndElseAString) {
    const auto request = build(
        {.model = "m",
         .input = "{}",
         .parameters = {"max_tokens=20", "stop=[\"a\",\"b\"]", "user=ada", "seed=", "note=a=b"}}
    );
    EXPECT_EQ(
        request.parameters,
        (nlohmann::json{
            {"max_tokens", 20}, {"stop", {"a", "b"}}, {"user", "ada"}, {"seed", ""}, {"note", "a=b"}
        })
    );
}

TEST(SubmitRequest, WhatIsNotGivenIsNotInTheRequest) {
    const auto plain = build({.model = "m", .input = "{}"});
    EXPECT_EQ(plain.priority, std::nullopt);
    EXPECT_EQ(plain.job_id, std::nullopt);
    EXPECT_FALSE(plain.stream);

    const auto full =
        build({.model = "m", .input = "{}", .priority = "high", .id = "j1", .stream = true});
    EXPECT_EQ(full.priority, Priority::kHigh);
    EXPECT_EQ(full.job_id, "j1");
    EXPECT_TRUE(full.stream);
}

TEST(SubmitRequest, WrongArgumentsAreUsageErrorsThatSayWhatIsTaken) {
    for (const auto& [arguments, says] : std::vector<std::pair<RequestArguments, std::string>>{
             {{.model = "", .input = "{}"}, "--model is empty"},
             {{.model = "m", .input = "17"}, "--input is a number"},
             {{.model = "m", .input = "Hello"}, "line 1, column 1"},
             {{.model = "m", .input = "{}", .parameters = {"max_tokens"}}, "KEY=VALUE"},
             {{.model = "m", .input = "{}", .parameters = {"=1"}}, "KEY=VALUE"},
             {{.model = "m", .input = "{}", .priority = "urgent"}, "high, normal, low"},
         }) {
        const auto error = thrown_by<CommandError>([&] { build(arguments); });
        EXPECT_EQ(error.code(), ExitCode::kUsage);
        EXPECT_THAT(error.what(), HasSubstr(says));
    }
}

}  // namespace
}  // namespace inference::cli
