/// @file config/yaml_map.hpp
/// @brief Reads one map of the configuration file, and gathers what is wrong with it instead of stopping.
#pragma once

#include "config/config_errors.hpp"

#include <yaml-cpp/yaml.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inference {

/// A value of the file and the line it is on.
struct YamlValue {
    YAML::Node node;
    int line = 0;
    std::string path;  ///< "models.digits.endpoints".
};

/// The problems found so far, shared by all readers of a file.
class ConfigProblems {
public:
    void add(int line, const std::string& message) { problems_.push_back({line, message}); }
    /// "PATH: SAID", on the value's line.
    void add(const YamlValue& value, const std::string& said) {
        add(value.line, value.path + ": " + said);
    }

    [[nodiscard]] bool empty() const noexcept { return problems_.empty(); }
    /// By line.
    [[nodiscard]] std::vector<ConfigProblem> sorted() const;

private:
    std::vector<ConfigProblem> problems_;
};

/// One map. A key that is absent or null leaves its variable as it is.
///
/// The keys asked for are the keys there are: finish() complains of every other.
/// Errors: go to the problems; nothing is thrown.
class YamlMap {
public:
    /// A null value counts as an empty map, anything else that is no map as a problem.
    /// Lifetime: `problems` outlives the map.
    YamlMap(const YamlValue& value, ConfigProblems& problems);

    /// The value of a key, if there is one.
    std::optional<YamlValue> find(std::string_view key);
    /// As find(), and complains if there is none.
    std::optional<YamlValue> require(std::string_view key, std::string_view takes);
    /// Every key and its value, for maps whose keys are names.
    [[nodiscard]] std::vector<std::pair<std::string, YamlValue>> entries();

    void read(std::string_view key, std::string& out);
    void read(std::string_view key, std::optional<std::string>& out);
    void read(std::string_view key, bool& out);
    /// Range: at least 1.
    void read(std::string_view key, int& out);
    void read(std::string_view key, std::optional<int>& out);
    /// Range: above 0, up to 1.
    void read_share(std::string_view key, double& out);
    /// Units: "500ms", "280s", "10m", "2h". Range: not below `least`.
    void read(
        std::string_view key,
        std::chrono::milliseconds& out,
        std::chrono::milliseconds least = std::chrono::milliseconds(1)
    );
    /// Relative paths count from `folder`.
    void read(
        std::string_view key, std::filesystem::path& out, const std::filesystem::path& folder
    );

    void finish();

private:
    void keep_entry(const YamlValue& map, const YAML::Node& key, const YAML::Node& value);
    /// A scalar's text, or nullopt and a problem.
    std::optional<std::string> text_of(const YamlValue& value, std::string_view takes);

    struct Entry {
        std::string key;
        YamlValue value;
    };

    ConfigProblems& problems_;
    std::string path_;
    int line_;
    std::vector<Entry> entries_;
    std::set<std::string, std::less<>> known_;
};

/// The elements of a list, each with its own line. A single scalar is no list.
std::optional<std::vector<YamlValue>> elements_of(
    const YamlValue& list, ConfigProblems& problems, std::string_view takes
);

/// The elements of a list as texts; those that are none are problems and left out.
std::vector<std::pair<std::string, YamlValue>> texts_of(
    const YamlValue& list, ConfigProblems& problems, std::string_view takes
);

/// An enumerator by its name; `names` is the list for the message.
template <class Enum, class From>
std::optional<Enum> named(
    const std::string& name,
    const YamlValue& value,
    ConfigProblems& problems,
    From from,
    const std::string& names
);

/// "'vlm' is not one of vllm, sglang; did you mean 'vllm'?"
std::string not_one_of(const std::string& name, const std::string& names);

template <class Enum, class From>
std::optional<Enum> named(
    const std::string& name,
    const YamlValue& value,
    ConfigProblems& problems,
    From from,
    const std::string& names
) {
    std::optional<Enum> found = from(name);
    if (!found) {
        problems.add(value, not_one_of(name, names));
    }
    return found;
}

}  // namespace inference
