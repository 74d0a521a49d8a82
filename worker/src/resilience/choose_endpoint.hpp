/// @file resilience/choose_endpoint.hpp
/// @brief Which of a model's endpoints takes the next call.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace inference {

/// An endpoint as the choice sees it.
struct EndpointLoad {
    bool usable = true;  ///< Its breaker lets a call through, and this call was not there yet.
    bool stalled = false;  ///< Its calls have made no progress for long.
    int under_way = 0;
};

/// Of the usable ones the least loaded, stalled ones last; among equals the first from `rotation` on, so that their turns go
/// round. nullopt where none is usable.
std::optional<std::size_t> choose_endpoint(
    std::span<const EndpointLoad> endpoints, std::size_t rotation
) noexcept;

}  // namespace inference
