/// @file cli/doctor.hpp
/// @brief `doctor`: what works and what does not on the way from here to Temporal and to the engines.
#pragma once

namespace inference::cli {

class CommandLine;

void add_doctor(CommandLine& line);

}  // namespace inference::cli
