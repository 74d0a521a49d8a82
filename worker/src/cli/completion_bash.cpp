#include "cli/completion.hpp"

#include <absl/strings/str_join.h>

#include <map>
#include <string>
#include <vector>

namespace inference::cli {
namespace {

constexpr char kHead[] =
    R"(# bash completion for inference-worker, made by: inference-worker completion bash

)";

/// Finds the command and the option that waits for a value. bash takes words apart at = and :, so --output=json is three.
constexpr char kTail[] = R"(
_inference_worker() {
    local cur=${COMP_WORDS[COMP_CWORD]} command='' option='' kind word i
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $word == [=:] ]]; then
            [[ -n $option ]] || ((i++))
        elif [[ -n $option ]]; then
            option=
        elif [[ $word == -* ]]; then
            __inference_worker_kind "$command $word"
            [[ $kind == flag ]] || option=$word
        elif [[ -z $command ]]; then
            command=$word
        fi
    done
    [[ $cur != = ]] || cur=
    if [[ -n $option ]]; then
        __inference_worker_kind "$command $option"
    elif [[ $cur == -* ]]; then
        kind=$(__inference_worker_options "$command")
    else
        __inference_worker_kind "$command "
    fi
    case $kind in
        file)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            ;;
        flag | other) ;;
        *) mapfile -t COMPREPLY < <(compgen -W "$kind" -- "$cur") ;;
    esac
}

complete -F _inference_worker inference-worker
)";

std::string kind_of(const OptionNode& option) {
    if (option.value.empty()) {
        return "flag";
    }
    if (takes_file(option)) {
        return "file";
    }
    const auto words = choices(option);
    return words.empty() ? "other" : absl::StrJoin(words, " ");
}

/// Of each kind, where on the command line it is: "command --option", or "command " for the next argument.
using Places = std::map<std::string, std::vector<std::string>>;

void add_options(
    const std::string& command, const std::vector<OptionNode>& options, Places& places
) {
    for (const OptionNode& option : options) {
        for (const std::string& spelling : spellings(option)) {
            places[kind_of(option)].push_back("'" + command + " " + spelling + "'");
        }
    }
}

Places places_of(const CommandNode& program) {
    Places places;
    std::vector<std::string> commands;
    add_options("", program.options, places);
    for (const CommandNode& command : program.commands) {
        commands.push_back(command.name);
        add_options(command.name, options_behind(program, command), places);
        if (!command.arguments.empty()) {
            places[kind_of(command.arguments.front())].push_back("'" + command.name + " '");
        }
    }
    places[absl::StrJoin(commands, " ")].emplace_back("' '");
    places.erase("flag");  // What is in no other list.
    return places;
}

/// Sets `kind`: file, flag, other, or the words to choose from.
std::string kind_function(const CommandNode& program) {
    std::string text = "__inference_worker_kind() {\n    case $1 in\n";
    for (const auto& [kind, places] : places_of(program)) {
        text += "        " + absl::StrJoin(places, " | \\\n            ") +
                ")\n            kind='" + kind + "'\n            ;;\n";
    }
    return text + "        *) kind=flag ;;\n    esac\n}\n";
}

std::string options_line(const std::string& command, const std::vector<OptionNode>& options) {
    std::vector<std::string> words;
    for (const OptionNode& option : options) {
        for (std::string& spelling : spellings(option)) {
            words.push_back(std::move(spelling));
        }
    }
    return "        '" + command + "') echo '" + absl::StrJoin(words, " ") + "' ;;\n";
}

std::string options_function(const CommandNode& program) {
    std::string text = "__inference_worker_options() {\n    case $1 in\n";
    text += options_line("", program.options);
    for (const CommandNode& command : program.commands) {
        text += options_line(command.name, options_behind(program, command));
    }
    return text + "    esac\n}\n";
}

}  // namespace

std::string bash_completion(const CommandNode& program) {
    return kHead + kind_function(program) + "\n" + options_function(program) + kTail;
}

}  // namespace inference::cli
