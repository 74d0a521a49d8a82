/// @file temporal/call_options.hpp
/// @brief How long a call to the server may take, and how to give up on it.
#pragma once

#include "temporal/retry_policy.hpp"

#include <optional>
#include <stop_token>

namespace temporal {

/// Options of one blocking call.
///
/// Errors: past the timeout RpcError(kDeadlineExceeded); once `stop` fires RpcError(kCancelled), at
///         once.
struct CallOptions {
    /// All tries together. Absent: 30 s, and for waiting on a result without end.
    std::optional<Duration> timeout = std::nullopt;
    std::stop_token stop = {};
};

}  // namespace temporal
