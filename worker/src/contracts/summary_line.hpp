/// @file contracts/summary_line.hpp
/// @brief One line for people, as Temporal takes it.
#pragma once

#include <string>

namespace inference {

/// The text without control characters and short enough: the server refuses a summary of more than 400 bytes, and with it the
/// workflow task that has it.
///
/// Range: up to 300 bytes; what is longer is cut between two characters and ends with "...".
std::string summary_line(std::string text);

}  // namespace inference
