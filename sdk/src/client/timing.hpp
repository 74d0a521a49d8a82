/// @file client/timing.hpp
/// @brief The options of a call as the timing of an RPC.
#pragma once

#include "bridge/workflow_service.hpp"

#include <chrono>

namespace temporal::client {

/// What a call may take where its options do not say.
inline constexpr std::chrono::seconds kDefaultTimeout{30};

/// `Options` is CallOptions or QueryOptions.
template <class Options>
[[nodiscard]] bridge::Timing timing_of(const Options& options) {
    return {.timeout = options.timeout.value_or(kDefaultTimeout), .stop = options.stop};
}

}  // namespace temporal::client
