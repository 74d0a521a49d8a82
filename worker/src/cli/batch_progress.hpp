/// @file cli/batch_progress.hpp
/// @brief How far a batch is, in one line.
#pragma once

#include "contracts/job_status.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace inference::cli {

/// What is known of a batch that somebody watches.
struct BatchProgress {
    ItemCounts counts;
    std::int64_t before = 0;  ///< Items that were done when the watching began.
    std::chrono::milliseconds elapsed{0};  ///< Since then.
};

/// "1234/10000  12 %  85.3 items/s  3 failed  1m 43s left". What cannot be known yet is left out.
std::string progress_text(const BatchProgress& progress);

/// The same behind a bar, for one line of a terminal: never longer than `width` - 1, so that none wraps. Where there is no room
/// for a bar there is none.
std::string progress_line(const BatchProgress& progress, std::size_t width);

}  // namespace inference::cli
