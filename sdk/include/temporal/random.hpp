/// @file temporal/random.hpp
/// @brief The workflow's own random numbers, the same on every replay.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace temporal {

/// xoshiro256** seeded by splitmix64. The algorithm and the way numbers are drawn from it are part of the SDK's replay
/// contract and never change: a std::distribution would differ between standard libraries.
///
/// Replay: the seed comes from the run's history.
class Random {
public:
    explicit Random(std::uint64_t seed) noexcept { reseed(seed); }

    void reseed(std::uint64_t seed) noexcept;
    std::uint64_t next() noexcept;
    /// Range: [0, bound), without bias; `bound` must not be 0.
    std::uint64_t below(std::uint64_t bound) noexcept;
    /// Range: [0, 1), 53 bits.
    double uniform() noexcept;
    /// A version 4 UUID.
    std::string uuid() noexcept;

private:
    std::array<std::uint64_t, 4> state_{};
};

}  // namespace temporal
