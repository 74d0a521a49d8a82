/// @file config/config_errors.hpp
/// @brief Everything that is wrong with a configuration, at once.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace inference {

struct ConfigProblem {
    int line = 0;  ///< Counted from 1; 0: of the file as a whole.
    std::string message;  ///< Names the key and the next step.

    bool operator==(const ConfigProblem&) const = default;
};

struct ConfigErrors {
    std::filesystem::path file;
    std::vector<ConfigProblem> problems;  ///< By line; not empty.
};

/// One problem a line, in the form that editors jump to: "worker.yaml:12: unknown key 'modles'; did you mean 'models'?".
std::string to_string(const ConfigErrors& errors);

}  // namespace inference
