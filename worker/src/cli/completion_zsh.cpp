#include "cli/completion.hpp"

#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>

#include <string>
#include <vector>

namespace inference::cli {
namespace {

constexpr char kHead[] = R"(#compdef inference-worker
# zsh completion for inference-worker, made by: inference-worker completion zsh

_inference-worker() {
    local curcontext=$curcontext state line
    local -A opt_args
    local -a commands
)";

/// Sourced, it announces itself; found on the fpath as _inference-worker, it is the function.
constexpr char kTail[] = R"(
if [ "$funcstack[1]" = _inference-worker ]; then
    _inference-worker "$@"
else
    compdef _inference-worker inference-worker
fi
)";

/// For a word in single quotes.
std::string quoted(const std::string& text) {
    return "'" + absl::StrReplaceAll(text, {{"'", R"('\'')"}}) + "'";
}

/// What _arguments and _describe would take for their own.
std::string plain(const std::string& text) {
    return absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"[", "\\["}, {"]", "\\]"}, {":", "\\:"}});
}

std::string action_of(const OptionNode& option) {
    if (takes_file(option)) {
        return "_files";
    }
    const auto words = choices(option);
    return words.empty() ? "" : "(" + absl::StrJoin(words, " ") + ")";
}

std::string value_of(const OptionNode& option) {
    return option.value.empty() ? "" : ":" + plain(option.value) + ":" + action_of(option);
}

/// A specification for each spelling; one excludes the other.
void add_options(const std::vector<OptionNode>& options, std::vector<std::string>& specs) {
    for (const OptionNode& option : options) {
        const auto words = spellings(option);
        const std::string excluded = words.size() > 1 ? "(" + absl::StrJoin(words, " ") + ")" : "";
        for (const std::string& word : words) {
            const bool is_long = word.starts_with("--");
            const std::string takes = option.value.empty() ? "" : is_long ? "=" : "+";
            specs.push_back(
                quoted(excluded + word + takes + "[" + plain(option.help) + "]" + value_of(option))
            );
        }
    }
}

std::string arguments_call(
    const std::string& flags, const std::vector<std::string>& specs, const std::string& indent
) {
    const std::string next = " \\\n" + indent + "    ";
    return indent + "_arguments " + flags + next + absl::StrJoin(specs, next) + "\n";
}

std::string command_case(const CommandNode& program, const CommandNode& command) {
    std::vector<std::string> specs;
    add_options(options_behind(program, command), specs);
    for (const OptionNode& argument : command.arguments) {
        specs.push_back(quoted(":" + plain(argument.name) + ":" + action_of(argument)));
    }
    return "                " + command.name + ")\n" +
           arguments_call("-s", specs, "                    ") + "                    ;;\n";
}

std::string body(const CommandNode& program) {
    std::vector<std::string> specs;
    add_options(program.options, specs);
    specs.emplace_back("'1:command:->command'");
    specs.emplace_back("'*::argument:->argument'");
    // -A: what stands behind the command is the command's, also where the program has an option of that name.
    std::string text = arguments_call("-C -s -A '-*'", specs, "    ") +
                       "    case $state in\n        command)\n            commands=(\n";
    for (const CommandNode& command : program.commands) {
        text += "                " + quoted(plain(command.name) + ":" + command.help) + "\n";
    }
    text +=
        "            )\n            _describe command commands\n            ;;\n"
        "        argument)\n            case $line[1] in\n";
    for (const CommandNode& command : program.commands) {
        text += command_case(program, command);
    }
    return text + "            esac\n            ;;\n    esac\n}\n";
}

}  // namespace

std::string zsh_completion(const CommandNode& program) {
    return kHead + body(program) + kTail;
}

}  // namespace inference::cli
