/// @file cli/command_tree.hpp
/// @brief The commands and their options as plain data, for what describes them: shell completion, the manual page.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace inference::cli {

/// An option, or an argument by its position.
struct OptionNode {
    std::string name;  ///< "output"; empty where there is only a letter. Of an argument: "FILE".
    std::string letter;  ///< "o"; empty where there is none.
    std::string value;  ///< What stands for its value: "FILE", "text|json". Empty: a flag.
    std::string help;
    bool required = false;

    bool operator==(const OptionNode&) const = default;
};

struct CommandNode {
    std::string name;
    std::string help;
    std::vector<OptionNode> options;
    std::vector<OptionNode> arguments;
    std::vector<CommandNode> commands;
};

/// All that `app` knows, in the order of its declaration, without the commands that its help hides.
CommandNode command_tree(const CLI::App& app);

/// The options that may stand behind a command: its own, then those of the program, less the names that the command gives
/// another meaning.
std::vector<OptionNode> options_behind(const CommandNode& program, const CommandNode& command);

/// How it is written: {"-o", "--output"}.
std::vector<std::string> spellings(const OptionNode& option);

/// The words between which its value chooses: "text|json" has two, "JSON|@FILE|-" and "FILE" none.
std::vector<std::string> choices(const OptionNode& option);

/// Whether its value is the name of a file: "FILE".
bool takes_file(const OptionNode& option);

}  // namespace inference::cli
