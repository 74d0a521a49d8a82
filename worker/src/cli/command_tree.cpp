#include "cli/command_tree.hpp"

#include <CLI/App.hpp>

#include <absl/strings/str_split.h>

#include <algorithm>
#include <cctype>

namespace inference::cli {
namespace {

/// What CLI11 calls the value of a string that was given no name.
constexpr char kUnnamed[] = "TEXT";

std::string first_or_none(const std::vector<std::string>& names) {
    return names.empty() ? std::string() : names.front();
}

OptionNode option_node(const CLI::Option& option) {
    OptionNode node{
        .name = first_or_none(option.get_lnames()),
        .letter = first_or_none(option.get_snames()),
        .value = option.get_items_expected_max() == 0 ? std::string() : option.get_type_name(),
        .help = option.get_description(),
        .required = option.get_required()
    };
    if (option.get_positional()) {
        node.name = option.get_name(true);
        node.value = node.value == kUnnamed ? node.name : node.value;
    }
    return node;
}

bool is_choice(const std::string& word) {
    return !word.empty() && std::ranges::all_of(word, [](unsigned char c) {
        return std::islower(c) != 0 || c == '_' || c == '-';
    }) && word != "-";
}

}  // namespace

CommandNode command_tree(const CLI::App& app) {
    CommandNode node{.name = app.get_name(), .help = app.get_description()};
    for (const CLI::Option* option : app.get_options()) {
        auto& nodes = option->get_positional() ? node.arguments : node.options;
        nodes.push_back(option_node(*option));
    }
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        // An empty group is how CLI11 is told to hide one.
        if (!command->get_group().empty()) {
            node.commands.push_back(command_tree(*command));
        }
    }
    return node;
}

std::vector<OptionNode> options_behind(const CommandNode& program, const CommandNode& command) {
    const auto has = [&command](const std::string& name, std::string OptionNode::* of) {
        return std::ranges::find(command.options, name, of) != command.options.end();
    };
    std::vector<OptionNode> options = command.options;
    for (OptionNode option : program.options) {
        option.name = has(option.name, &OptionNode::name) ? "" : option.name;
        option.letter = has(option.letter, &OptionNode::letter) ? "" : option.letter;
        if (!option.name.empty() || !option.letter.empty()) {
            options.push_back(option);
        }
    }
    return options;
}

std::vector<std::string> spellings(const OptionNode& option) {
    std::vector<std::string> words;
    if (!option.letter.empty()) {
        words.push_back("-" + option.letter);
    }
    if (!option.name.empty()) {
        words.push_back("--" + option.name);
    }
    return words;
}

std::vector<std::string> choices(const OptionNode& option) {
    const std::vector<std::string> words = absl::StrSplit(option.value, '|');
    return words.size() > 1 && std::ranges::all_of(words, is_choice) ? words
                                                                     : std::vector<std::string>();
}

bool takes_file(const OptionNode& option) {
    return option.value == "FILE";
}

}  // namespace inference::cli
