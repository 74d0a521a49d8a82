/// @file resilience/poison.hpp
/// @brief The error of an input under which engines die.
#pragma once

#include "contracts/error.hpp"

namespace inference {

/// Fatal POISON, saying how often, and the last error.
Error poison(const Error& error, int deaths);

}  // namespace inference
