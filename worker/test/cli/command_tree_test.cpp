#include "cli/command_tree.hpp"

#include <CLI/CLI.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace inference::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A program with an option that its command `write` gives another meaning.
struct Application {
    CLI::App app{"Writes.", "program"};
    std::string format;
    std::string file;
    std::string output;
    bool quick = false;

    Application() {
        app.set_help_flag();
        app.add_option("-o,--output", format, "How")->type_name("text|json");
        CLI::App& write = *app.add_subcommand("write", "Writes a file");
        write.add_option("FILE", file, "Which file")->required();
        write.add_option("--output", output, "Where to")->type_name("FILE");
        write.add_flag("--quick", quick, "In a hurry");
        app.add_subcommand("secret", "Tells nobody")->group("");
    }
};

TEST(CommandTree, HasCommandsOptionsAndArguments) {
    Application application;
    const CommandNode tree = command_tree(application.app);
    EXPECT_EQ(tree.name, "program");
    EXPECT_EQ(tree.help, "Writes.");
    EXPECT_THAT(
        tree.options,
        ElementsAre(OptionNode{.name = "output", .letter = "o", .value = "text|json", .help = "How"}
        )
    );
    const CommandNode& write = tree.commands.at(0);
    EXPECT_EQ(write.name, "write");
    EXPECT_THAT(
        write.arguments,
        ElementsAre(
            OptionNode{.name = "FILE", .value = "FILE", .help = "Which file", .required = true}
        )
    );
    EXPECT_EQ(write.options.at(1), (OptionNode{.name = "quick", .help = "In a hurry"}));
}

TEST(CommandTree, HasNoCommandThatHelpHides) {
    Application application;
    EXPECT_EQ(command_tree(application.app).commands.size(), 1U);
}

TEST(CommandTree, AnOptionThatTheCommandGivesAnotherMeaningKeepsOnlyItsLetterBehindIt) {
    Application application;
    const CommandNode tree = command_tree(application.app);
    const auto behind = options_behind(tree, tree.commands.at(0));
    const auto is_output = [](const OptionNode& option) { return option.name == "output"; };
    EXPECT_EQ(std::ranges::count_if(behind, is_output), 1);
    EXPECT_EQ(std::ranges::find_if(behind, is_output)->value, "FILE");
    EXPECT_THAT(spellings(behind.back()), ElementsAre("-o"));
}

TEST(CommandTree, OnlyLowerCaseWordsAreChoices) {
    EXPECT_THAT(choices({.value = "high|normal|low"}), ElementsAre("high", "normal", "low"));
    EXPECT_THAT(choices({.value = "in_progress|done"}), ElementsAre("in_progress", "done"));
    for (const char* value : {"", "FILE", "word", "JSON|@FILE|-", "text|-"}) {
        EXPECT_THAT(choices({.value = value}), IsEmpty()) << value;
    }
}

TEST(CommandTree, OnlyTheWordFileStandsForTheNameOfAFile) {
    EXPECT_TRUE(takes_file({.value = "FILE"}));
    EXPECT_FALSE(takes_file({.value = "JSON|@FILE|-"}));
    EXPECT_FALSE(takes_file({}));
}

}  // namespace
}  // namespace inference::cli
