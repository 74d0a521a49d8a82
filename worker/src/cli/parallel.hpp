/// @file cli/parallel.hpp
/// @brief Many short waits at once.
#pragma once

#include <cstddef>
#include <functional>

namespace inference::cli {

/// Calls `each` with 0 to `count` - 1, on a few threads, and waits for all of them.
///
/// Errors: the first that a call throws; then no more of them begin.
void in_parallel(std::size_t count, const std::function<void(std::size_t)>& each);

}  // namespace inference::cli
