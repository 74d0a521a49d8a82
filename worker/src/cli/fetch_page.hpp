/// @file cli/fetch_page.hpp
/// @brief One page of a server on this machine.
#pragma once

#include <string>

namespace inference::cli {

/// @param address "127.0.0.1:41234"
/// @param path "/metrics"
/// Errors: std::runtime_error if it does not answer within a second, or with an error.
std::string fetch_page(const std::string& address, const std::string& path);

}  // namespace inference::cli
