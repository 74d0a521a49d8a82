#include "cli/text_source.hpp"

#include "cli/command_error.hpp"
#include "cli/temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace inference::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::TempFolder;
using testing::thrown_by;

TEST(TextSource, ATextIsItselfAFileOrStdin) {
    const TempFolder folder;
    const auto file = folder.write("in.json", "from a file\n");
    std::istringstream in("from\nstdin");

    EXPECT_EQ(read_text("{}", in), "{}");
    EXPECT_EQ(read_text("@" + file.string(), in), "from a file\n");
    EXPECT_EQ(read_text("-", in), "from\nstdin");
}

TEST(TextSource, AFileThatCannotBeReadIsAUsageErrorThatNamesIt) {
    std::istringstream in;
    for (const std::string argument : {"@/nowhere/in.json", "@/"}) {
        const auto error = thrown_by<CommandError>([&] { read_text(argument, in); });
        EXPECT_EQ(error.code(), ExitCode::kUsage);
        EXPECT_THAT(error.what(), HasSubstr(argument.substr(1)));
    }
}

TEST(ParseJson, AMistakeIsShownByLineAndColumnAndQuotesNothing) {
    const auto error = thrown_by<CommandError>([] {
        parse_json("{\n  \"prompt\": \"secret\",\n  oops\n}", "--input");
    });
    EXPECT_EQ(error.code(), ExitCode::kUsage);
    EXPECT_THAT(error.what(), HasSubstr("--input, line 3, column 3"));
    EXPECT_THAT(error.what(), Not(HasSubstr("secret")));
}

TEST(ParseJson, ATextThatEndsTooEarlyIsToldSo) {
    for (const std::string text : {"", "{\"prompt\":", "[1, 2"}) {
        const auto error = thrown_by<CommandError>([&] { parse_json(text, "--input"); });
        EXPECT_THAT(error.what(), HasSubstr("ends too early")) << text;
    }
}

TEST(ParseJson, ANumberBeyondAllBoundsIsAUsageErrorToo) {
    EXPECT_EQ(
        thrown_by<CommandError>([] { parse_json("1e999", "--input"); }).code(), ExitCode::kUsage
    );
}

}  // namespace
}  // namespace inference::cli
