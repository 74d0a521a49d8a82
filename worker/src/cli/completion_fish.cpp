#include "cli/completion.hpp"

#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>

#include <string>
#include <vector>

namespace inference::cli {
namespace {

constexpr char kHead[] =
    R"(# fish completion for inference-worker, made by: inference-worker completion fish

# True if the command line has this command; '' for none yet. An option's value is no command.
function __inference_worker_at
    set -l words (commandline -opc)
    set -l found ''
    set -l is_value 0
    for word in $words[2..-1]
        if test $is_value = 1
            set is_value 0
            continue
        end
        switch $word
            case )";

constexpr char kRest[] = R"(
                set is_value 1
            case '-*'
            case '*'
                set found $word
                break
        end
    end
    test "$found" = "$argv[1]"
end

complete -c inference-worker -f
)";

std::string quoted(const std::string& text) {
    return "'" + absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"'", "\\'"}}) + "'";
}

std::string line_at(const std::string& command) {
    return "complete -c inference-worker -n \"__inference_worker_at '" + command + "'\"";
}

std::string value_of(const OptionNode& option) {
    if (option.value.empty()) {
        return "";
    }
    const auto words = choices(option);
    if (!words.empty()) {
        return " -x -a " + quoted(absl::StrJoin(words, " "));
    }
    return takes_file(option) ? " -r -F" : " -x";
}

std::string option_line(const std::string& command, const OptionNode& option) {
    return line_at(command) + (option.letter.empty() ? "" : " -s " + option.letter) +
           (option.name.empty() ? "" : " -l " + option.name) + value_of(option) + " -d " +
           quoted(option.help) + "\n";
}

std::string command_lines(const CommandNode& program, const CommandNode& command) {
    std::string text = line_at("") + " -a " + command.name + " -d " + quoted(command.help) + "\n";
    for (const OptionNode& option : options_behind(program, command)) {
        text += option_line(command.name, option);
    }
    for (const OptionNode& argument : command.arguments) {
        const auto words = choices(argument);
        if (takes_file(argument)) {
            text += line_at(command.name) + " -F\n";
        } else if (!words.empty()) {
            text += line_at(command.name) + " -a " + quoted(absl::StrJoin(words, " ")) + "\n";
        }
    }
    return text;
}

/// The program's options that are followed by a value: before a command there are no others.
std::string value_options(const CommandNode& program) {
    std::vector<std::string> words;
    for (const OptionNode& option : program.options) {
        for (const std::string& word : spellings(option)) {
            if (!option.value.empty()) {
                words.push_back(word);
            }
        }
    }
    return absl::StrJoin(words, " ");
}

}  // namespace

std::string fish_completion(const CommandNode& program) {
    std::string text = kHead + value_options(program) + kRest;
    for (const OptionNode& option : program.options) {
        text += option_line("", option);
    }
    for (const CommandNode& command : program.commands) {
        text += command_lines(program, command);
    }
    return text;
}

}  // namespace inference::cli
