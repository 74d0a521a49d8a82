#include "config/yaml_json.hpp"

#include "config/yaml_map.hpp"

#include <nlohmann/json_fwd.hpp>
#include <yaml-cpp/yaml.h>

#include <cmath>
#include <string>

namespace inference {
namespace {

constexpr int kDeepest = 32;

/// Numbers that YAML knows and JSON does not: .5, 1., +1.
bool read_yaml_number(const YAML::Node& node, double& number) {
    const std::string& text = node.Scalar();
    return text.find_first_of("0123456789") != std::string::npos &&
           YAML::convert<double>::decode(node, number) && std::isfinite(number);
}

nlohmann::json scalar_to_json(const YAML::Node& node) {
    const bool is_quoted = node.Tag() == "!";
    if (is_quoted) {
        return node.Scalar();
    }
    nlohmann::json parsed = nlohmann::json::parse(node.Scalar(), nullptr, false);
    if (!parsed.is_discarded() && parsed.is_primitive()) {
        return parsed;
    }
    double number = 0;
    return read_yaml_number(node, number) ? nlohmann::json(number) : nlohmann::json(node.Scalar());
}

nlohmann::json to_json_at(
    int depth, const YAML::Node& node, const YamlValue& root, ConfigProblems& problems
) {
    if (depth > kDeepest) {
        problems.add(root, "is nested deeper than " + std::to_string(kDeepest) + " levels");
        return {};
    }
    if (node.IsMap()) {
        nlohmann::json object = nlohmann::json::object();
        for (const auto& entry : node) {
            if (entry.first.IsScalar()) {
                object[entry.first.Scalar()] = to_json_at(depth + 1, entry.second, root, problems);
            } else {
                problems.add(root, "has a key that is no text");
            }
        }
        return object;
    }
    if (node.IsSequence()) {
        nlohmann::json list = nlohmann::json::array();
        for (const auto& element : node) {
            list.push_back(to_json_at(depth + 1, element, root, problems));
        }
        return list;
    }
    return node.IsScalar() ? scalar_to_json(node) : nlohmann::json();
}

}  // namespace

nlohmann::json yaml_to_json(const YamlValue& value, ConfigProblems& problems) {
    return to_json_at(0, value.node, value, problems);
}

}  // namespace inference
