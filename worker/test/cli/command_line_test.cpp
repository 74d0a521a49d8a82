#include "cli/command_line.hpp"

#include "cli/command_error.hpp"
#include "cli/submit.hpp"
#include "cli/version.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace inference::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

/// The program with a command `look` that notes how it was called, and two real ones.
struct Program {
    CommandLine line{"A program."};
    std::string job;
    std::optional<CommonOptions> seen;
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    std::function<ExitCode()> behaviour = [] { return ExitCode::kDone; };

    Program() {
        CLI::App& look = line.add("look", "Looks.", [this](Invocation& invocation) {
            seen = invocation.common;
            return behaviour();
        });
        look.add_option("JOB", job);
        add_submit(line);
        add_version(line);
    }

    int run(std::vector<const char*> arguments) {
        arguments.insert(arguments.begin(), "inference-worker");
        return line.run(static_cast<int>(arguments.size()), arguments.data(), in, out, err);
    }
};

TEST(CommandLine, CommonOptionsMayStandBeforeAndBehindTheCommand) {
    for (const auto& arguments : std::vector<std::vector<const char*>>{
             {"--address", "a:1", "-o", "json", "look", "j"},
             {"look", "j", "-o", "json", "--address", "a:1"},
         }) {
        Program program;
        EXPECT_EQ(program.run(arguments), 0) << program.err.str();
        ASSERT_TRUE(program.seen);
        EXPECT_EQ(program.seen->address, "a:1");
        EXPECT_EQ(program.seen->format, Format::kJson);
        EXPECT_EQ(program.seen->namespace_name, std::nullopt);
        EXPECT_EQ(program.job, "j");
    }
}

TEST(CommandLine, AnUnknownCommandIsAUsageErrorThatNamesTheClosestOne) {
    Program program;
    EXPECT_EQ(program.run({"lok"}), 2);
    EXPECT_THAT(program.err.str(), HasSubstr("unknown command 'lok'; did you mean look?"));
    EXPECT_THAT(program.out.str(), IsEmpty());
}

TEST(CommandLine, AnUnknownOptionIsNamedEvenWhereItLeavesARequiredOneMissing) {
    Program program;
    EXPECT_EQ(program.run({"submit", "--modle", "m"}), 2);
    EXPECT_THAT(program.err.str(), HasSubstr("unknown option --modle; did you mean --model?"));
}

TEST(CommandLine, AMisspeltCommonOptionIsRecognisedBehindTheCommandToo) {
    Program program;
    EXPECT_EQ(program.run({"look", "--adress=a:1"}), 2);
    EXPECT_THAT(program.err.str(), HasSubstr("unknown option --adress; did you mean --address?"));
}

TEST(CommandLine, OtherWrongUsageSaysWhatIsMissing) {
    for (const auto& [arguments, says] :
         std::vector<std::pair<std::vector<const char*>, std::string>>{
             {{}, "subcommand is required"},
             {{"submit", "--model", "m"}, "--input is required"},
             {{"look", "j", "k"}, "'k' is one word too many"},
             {{"look", "-o", "xml"}, "--output takes text or json"},
         }) {
        Program program;
        EXPECT_EQ(program.run(arguments), 2);
        EXPECT_THAT(program.err.str(), HasSubstr(says));
        EXPECT_THAT(program.err.str(), HasSubstr("--help"));
        EXPECT_FALSE(program.seen);
    }
}

TEST(CommandLine, HelpIsDataAndSucceeds) {
    Program program;
    EXPECT_EQ(program.run({"submit", "--help"}), 0);
    EXPECT_THAT(program.out.str(), HasSubstr("--priority"));
    EXPECT_THAT(program.err.str(), IsEmpty());
}

TEST(CommandLine, WhatACommandThrowsIsPrintedAndDecidesTheExitCode) {
    Program program;
    program.behaviour = []() -> ExitCode {
        throw CommandError(ExitCode::kNotFound, "there is no job 'j'");
    };
    EXPECT_EQ(program.run({"look"}), 3);
    EXPECT_EQ(program.err.str(), "inference-worker: there is no job 'j'\n");

    program.behaviour = []() -> ExitCode { throw std::runtime_error("unforeseen"); };
    EXPECT_EQ(program.run({"look"}), 1);
}

TEST(CommandLine, AParameterTakesOneArgumentAndMayBeRepeated) {
    Program program;
    // The word behind the parameter is none of its own.
    EXPECT_EQ(program.run({"submit", "--param", "a=1", "--param", "b=2", "stray"}), 2);
    EXPECT_THAT(program.err.str(), HasSubstr("'stray' is one word too many"));
}

TEST(Version, JsonNamesTheProgramAndTheCoreItIsBuiltFrom) {
    Program program;
    EXPECT_EQ(program.run({"version", "-o", "json"}), 0);
    const auto version = nlohmann::json::parse(program.out.str());
    EXPECT_FALSE(version.at("version").get<std::string>().empty());
    EXPECT_TRUE(std::isdigit(version.at("temporal_core").get<std::string>().front()));
}

}  // namespace
}  // namespace inference::cli
