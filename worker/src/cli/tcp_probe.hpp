/// @file cli/tcp_probe.hpp
/// @brief The two steps below TLS: a name's addresses, and a connection to one of them.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace inference::cli {

/// The numeric addresses of a host; not empty.
///
/// Errors: std::system_error, saying why.
std::vector<std::string> resolve(const std::string& host);

/// Connects to the first of the addresses that takes it, closes, and says which one it was.
///
/// Errors: std::system_error of the last one tried; timed_out if they did not answer in time.
std::string probe(
    const std::vector<std::string>& addresses,
    const std::string& port,
    std::chrono::milliseconds timeout
);

}  // namespace inference::cli
