#include "cli/completion.hpp"

#include "cli/command_error.hpp"
#include "cli/command_line.hpp"

#include <memory>
#include <ostream>
#include <string>

namespace inference::cli {
namespace {

std::string script_for(const std::string& shell, const CommandNode& program) {
    if (shell == "bash") {
        return bash_completion(program);
    }
    if (shell == "zsh") {
        return zsh_completion(program);
    }
    if (shell == "fish") {
        return fish_completion(program);
    }
    throw CommandError(
        ExitCode::kUsage, "there is no completion for '" + shell + "'; bash, zsh or fish"
    );
}

}  // namespace

void add_completion(CommandLine& line) {
    const auto shell = std::make_shared<std::string>();
    CLI::App& command = line.add(
        "completion",
        "Prints the script that makes a shell complete this program's command lines",
        [&line, shell](Invocation& invocation) {
            invocation.out << script_for(*shell, line.tree());
            return ExitCode::kDone;
        }
    );
    command.add_option("SHELL", *shell, "Which shell")->type_name("bash|zsh|fish")->required();
}

}  // namespace inference::cli
