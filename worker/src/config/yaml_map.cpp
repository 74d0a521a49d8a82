#include "config/yaml_map.hpp"

#include "config/config_errors.hpp"
#include "config/duration.hpp"
#include "contracts/describe.hpp"
#include "registry/closest_names.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

namespace inference {
namespace {

template <class Number>
std::optional<Number> parse_number(const std::string& text) {
    Number number{};
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    return error == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

std::string kind_of(const YAML::Node& node) {
    switch (node.Type()) {
        case YAML::NodeType::Map: return "a map";
        case YAML::NodeType::Sequence: return "a list";
        case YAML::NodeType::Scalar: return "a single value";
        case YAML::NodeType::Null:
        case YAML::NodeType::Undefined: break;
    }
    return "empty";
}

int line_of(const YAML::Node& node) {
    return node.Mark().line + 1;
}

std::string joined(const std::string& path, const std::string& key) {
    return path.empty() ? key : path + "." + key;
}

std::string suggestion(const std::string& for_name, std::vector<std::string> names) {
    const auto meant = closest_name(for_name, std::move(names));
    return meant ? "; did you mean '" + *meant + "'?" : "";
}

std::vector<std::string> split_list(std::string_view names) {
    std::vector<std::string> parts;
    while (!names.empty()) {
        const auto comma = names.find(", ");
        parts.emplace_back(names.substr(0, comma));
        names.remove_prefix(comma == std::string_view::npos ? names.size() : comma + 2);
    }
    return parts;
}

}  // namespace

std::vector<ConfigProblem> ConfigProblems::sorted() const {
    std::vector<ConfigProblem> problems = problems_;
    std::ranges::sort(problems, {}, [](const ConfigProblem& problem) {
        return std::tie(problem.line, problem.message);
    });
    return problems;
}

YamlMap::YamlMap(const YamlValue& value, ConfigProblems& problems)
    : problems_(problems), path_(value.path), line_(value.line) {
    if (value.node.IsNull()) {
        return;
    }
    if (!value.node.IsMap()) {
        const std::string subject = path_.empty() ? "the file" : path_;
        problems_.add(
            value.line, subject + " is " + kind_of(value.node) + "; it takes a map of keys"
        );
        return;
    }
    for (const auto& entry : value.node) {
        keep_entry(value, entry.first, entry.second);
    }
}

void YamlMap::keep_entry(const YamlValue& map, const YAML::Node& key, const YAML::Node& value) {
    if (!key.IsScalar()) {
        problems_.add(map, "a key is " + kind_of(key) + "; it takes a name");
        return;
    }
    const std::string& name = key.Scalar();
    if (std::ranges::count(entries_, name, &Entry::key) != 0) {
        problems_.add(line_of(key), joined(path_, name) + ": is there twice; keep one");
        return;
    }
    entries_.push_back({name, {value, line_of(key), joined(path_, name)}});
}

std::optional<YamlValue> YamlMap::find(std::string_view key) {
    known_.emplace(key);
    const auto found = std::ranges::find(entries_, key, &Entry::key);
    if (found == entries_.end() || found->value.node.IsNull()) {
        return std::nullopt;
    }
    return found->value;
}

std::optional<YamlValue> YamlMap::require(std::string_view key, std::string_view takes) {
    auto value = find(key);
    if (!value) {
        problems_.add(
            line_, joined(path_, std::string(key)) + ": is missing; it takes " + std::string(takes)
        );
    }
    return value;
}

std::vector<std::pair<std::string, YamlValue>> YamlMap::entries() {
    std::vector<std::pair<std::string, YamlValue>> all;
    for (const Entry& entry : entries_) {
        known_.insert(entry.key);
        all.emplace_back(entry.key, entry.value);
    }
    return all;
}

std::optional<std::string> YamlMap::text_of(const YamlValue& value, std::string_view takes) {
    if (!value.node.IsScalar() || value.node.Scalar().empty()) {
        problems_.add(
            value,
            "is " + (value.node.IsScalar() ? "empty" : kind_of(value.node)) + "; it takes " +
                std::string(takes)
        );
        return std::nullopt;
    }
    return value.node.Scalar();
}

void YamlMap::read(std::string_view key, std::string& out) {
    if (const auto value = find(key)) {
        out = text_of(*value, "a text").value_or(out);
    }
}

void YamlMap::read(std::string_view key, std::optional<std::string>& out) {
    if (const auto value = find(key)) {
        out = text_of(*value, "a text");
    }
}

void YamlMap::read(std::string_view key, std::optional<int>& out) {
    constexpr std::string_view kTakes = "a whole number from 1 up";
    const auto value = find(key);
    const auto text = value ? text_of(*value, kTakes) : std::nullopt;
    if (!text) {
        return;
    }
    const auto number = parse_number<int>(*text);
    if (number && *number >= 1) {
        out = number;
    } else {
        problems_.add(*value, shown(*text) + " is not " + std::string(kTakes));
    }
}

void YamlMap::read(std::string_view key, bool& out) {
    constexpr std::string_view kTakes = "true or false";
    const auto value = find(key);
    const auto text = value ? text_of(*value, kTakes) : std::nullopt;
    if (!text) {
        return;
    }
    if (*text == "true" || *text == "false") {
        out = *text == "true";
    } else {
        problems_.add(*value, shown(*text) + " is not " + std::string(kTakes));
    }
}

void YamlMap::read(std::string_view key, int& out) {
    std::optional<int> number;
    read(key, number);
    out = number.value_or(out);
}

void YamlMap::read_share(std::string_view key, double& out) {
    constexpr std::string_view kTakes = "a number above 0, up to 1";
    const auto value = find(key);
    const auto text = value ? text_of(*value, kTakes) : std::nullopt;
    if (!text) {
        return;
    }
    const auto number = parse_number<double>(*text);
    if (number && *number > 0 && *number <= 1) {
        out = *number;
    } else {
        problems_.add(*value, shown(*text) + " is not " + std::string(kTakes));
    }
}

void YamlMap::read(
    std::string_view key, std::chrono::milliseconds& out, std::chrono::milliseconds least
) {
    constexpr std::string_view kTakes = "a duration such as 500ms, 30s, 10m or 2h";
    const auto value = find(key);
    const auto text = value ? text_of(*value, kTakes) : std::nullopt;
    if (!text) {
        return;
    }
    const auto duration = parse_duration(*text);
    if (!duration) {
        const bool lacks_unit = parse_number<int>(*text).has_value();
        problems_.add(
            *value,
            shown(*text) + (lacks_unit ? " has no unit; it takes " : " is not ") +
                std::string(kTakes)
        );
    } else if (*duration < least) {
        problems_.add(
            *value,
            shown(*text) + " is too short; it takes at least " + std::to_string(least.count()) +
                "ms"
        );
    } else {
        out = *duration;
    }
}

void YamlMap::read(
    std::string_view key, std::filesystem::path& out, const std::filesystem::path& folder
) {
    std::optional<std::string> text;
    read(key, text);
    if (text) {
        out = (folder / *text).lexically_normal();
    }
}

void YamlMap::finish() {
    for (const Entry& entry : entries_) {
        if (!known_.contains(entry.key)) {
            const std::vector<std::string> names(known_.begin(), known_.end());
            const std::string where = path_.empty() ? "" : path_ + ": ";
            problems_.add(
                entry.value.line,
                where + "unknown key '" + entry.key + "'" + suggestion(entry.key, names)
            );
        }
    }
}

std::optional<std::vector<YamlValue>> elements_of(
    const YamlValue& list, ConfigProblems& problems, std::string_view takes
) {
    if (!list.node.IsSequence() || list.node.size() == 0) {
        const std::string kind = list.node.IsSequence() ? "an empty list" : kind_of(list.node);
        problems.add(list, "is " + kind + "; it takes " + std::string(takes));
        return std::nullopt;
    }
    std::vector<YamlValue> elements;
    for (std::size_t i = 0; i < list.node.size(); ++i) {
        const YAML::Node node = list.node[i];
        elements.push_back({node, line_of(node), list.path + "[" + std::to_string(i) + "]"});
    }
    return elements;
}

std::vector<std::pair<std::string, YamlValue>> texts_of(
    const YamlValue& list, ConfigProblems& problems, std::string_view takes
) {
    std::vector<std::pair<std::string, YamlValue>> texts;
    for (const YamlValue& element :
         elements_of(list, problems, takes).value_or(std::vector<YamlValue>())) {
        if (element.node.IsScalar() && !element.node.Scalar().empty()) {
            texts.emplace_back(element.node.Scalar(), element);
        } else {
            problems.add(element, "is " + kind_of(element.node) + "; it takes a text");
        }
    }
    return texts;
}

std::string not_one_of(const std::string& name, const std::string& names) {
    return shown(name) + " is not one of " + names + suggestion(name, split_list(names));
}

}  // namespace inference
