/// @file resilience/batch_memory.hpp
/// @brief The batch size that worked, remembered for a while: a pure state machine.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace inference {

/// What running out of memory has taught about one model.
///
/// The limit doubles each time a quarter of an hour passes without another failure, until it reaches the size that failed
/// first; then nothing is remembered any more. Time is an argument and never goes backwards.
class BatchMemory {
public:
    using TimePoint = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::minutes kGrowsEvery{15};

    /// The most items to send at once; nullopt: no limit is known.
    [[nodiscard]] std::optional<std::int64_t> limit(TimePoint now) const noexcept;

    /// A call with so many items ran out of memory. `told` is what the engine says it takes.
    void failed(std::int64_t items, std::optional<std::int64_t> told, TimePoint now) noexcept;

private:
    std::int64_t failed_size_ = 0;  // 0: none
    std::int64_t limit_ = 0;
    TimePoint since_{};
};

}  // namespace inference
