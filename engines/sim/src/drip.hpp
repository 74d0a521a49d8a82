/// @file drip.hpp
/// @brief The slowest way to send something.
#pragma once

#include <chrono>
#include <cstddef>

namespace engine_sim {

/// So many bytes at a time, with a pause between: cuts lines, and characters of more than one byte.
struct Drip {
    std::size_t bytes = 1;
    std::chrono::milliseconds pause{1};
};

}  // namespace engine_sim
