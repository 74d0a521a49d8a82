/// @file adapters/openai/progress_meter.hpp
/// @brief Tells how far an answer has come, and not more often than anybody wants to hear it.
#pragma once

#include "adapters/adapter.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

namespace inference {

/// Reports when the first token comes, and else at most once in 100 ms. Time is an argument.
class ProgressMeter {
public:
    using Time = std::chrono::steady_clock::time_point;

    ProgressMeter(Time started, ProgressReport report)
        : started_(started), report_(std::move(report)) {}

    /// Something came, be it a comment. Range: `pieces` of output in all; `now` never goes back.
    void note(Time now, std::size_t pieces);

    /// From the start to the first piece of output, rounded up; nullopt before it.
    std::optional<std::chrono::milliseconds> time_to_first_token() const noexcept {
        return time_to_first_token_;
    }

private:
    Time started_;
    ProgressReport report_;
    std::optional<Time> reported_;
    std::optional<std::chrono::milliseconds> time_to_first_token_;
};

}  // namespace inference
