/// @file cli/dev_text.hpp
/// @brief What `dev` says once all is up.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace inference::cli {

struct DevFacts {
    std::string address;
    std::string namespace_name;
    std::string ui;  ///< Empty without a web page.
    std::string engine_http;  ///< Empty without a simulated engine.
    std::string engine_grpc;
    std::vector<std::string> models;
};

/// The addresses, and commands that work as they stand.
std::string to_text(const DevFacts& facts);
nlohmann::json to_json_object(const DevFacts& facts);

}  // namespace inference::cli
