#include "cli/manual.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace inference::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

CommandNode program() {
    return {
        .name = "inference-worker",
        .help = "Runs.",
        .options = {{.name = "config", .value = "FILE", .help = "Which"}},
        .commands =
            {{.name = "write",
              .help = ".hidden and 'quoted' \\ text",
              .options =
                  {{.name = "help", .letter = "h", .help = "Print this help"},
                   {.name = "model", .value = "NAME", .help = "Which", .required = true},
                   {.name = "format", .letter = "o", .value = "text|json", .help = "How"}},
              .arguments = {{.name = "FILE", .value = "FILE", .help = "What", .required = true}}}}
    };
}

std::string page() {
    return manual_page(program(), "0.1.0", "2026-01-31");
}

TEST(Manual, NamesTheProgramItsVersionAndItsDay) {
    EXPECT_THAT(
        page(), HasSubstr(".TH INFERENCE\\-WORKER 1 2026-01-31 \"inference\\-worker 0.1.0\"")
    );
}

TEST(Manual, ACommandIsShownWithWhatItCannotDoWithout) {
    EXPECT_THAT(
        page(),
        HasSubstr(".SS \"\\fBwrite\\fR \\fB\\-\\-model\\fR \\fINAME\\fR [\\fIOPTION\\fR...] "
                  "\\fIFILE\\fR\"")
    );
}

TEST(Manual, ChoicesAreTypedAsTheyStand) {
    EXPECT_THAT(page(), HasSubstr("\\fB\\-o\\fR, \\fB\\-\\-format\\fR \\fBtext\\fR|\\fBjson\\fR"));
}

TEST(Manual, TextIsNeverTakenForAMacro) {
    EXPECT_THAT(page(), HasSubstr("\n\\&.hidden and 'quoted' \\e text"));
}

TEST(Manual, TheOptionThatAllCommandsHaveIsNotRepeated) {
    EXPECT_THAT(page(), Not(HasSubstr("help\\fR")));
}

}  // namespace
}  // namespace inference::cli
