/// @file config/problems_of.hpp
/// @brief What is wrong with a configuration, as its reader sees it.
#pragma once

#include "config/config_errors.hpp"
#include "config/load.hpp"

#include <string>

namespace inference::testing {

/// "worker.yaml:LINE: MESSAGE", one a line; empty if nothing is wrong.
inline std::string problems_of(const std::string& yaml) {
    const auto config = parse_config(yaml, "worker.yaml");
    return config ? std::string() : to_string(config.error());
}

/// Two lines that begin every file with models, then the model's keys: so a problem of the first key is on line 3.
inline std::string problems_of_model(const std::string& keys, const std::string& head = "") {
    return problems_of("models:\n  m:\n" + keys + head);
}

}  // namespace inference::testing
