/// @file telemetry/work_observer.hpp
/// @brief What activities tell of their work while it goes on.
#pragma once

#include "contracts/token_usage.hpp"

#include <cstdint>
#include <string_view>

namespace inference {

/// An endpoint was given a call, and this came of it.
struct EndedCall {
    std::string_view model;  ///< The registry's name.
    std::string_view endpoint;  ///< As configured.
    std::string_view outcome;  ///< One of the names below.
    double time_to_first_token = 0;  ///< Units: seconds. 0 where nothing was streamed.
};

/// Outcomes besides the error classes.
namespace outcomes {
inline constexpr std::string_view kCompleted = "completed";
inline constexpr std::string_view kCanceled = "canceled";
/// No byte of it can have left, or the endpoint said before that it is not ready.
inline constexpr std::string_view kNotSent = "not_sent";
}  // namespace outcomes

/// Items of a batch whose lines are written.
struct EndedItems {
    std::string_view model;
    std::int64_t succeeded = 0;
    std::int64_t failed = 0;
    TokenUsage usage;
};

/// Hears of the work as it goes on; by default it does not listen.
///
/// Threads: called from any, also from those of an adapter's I/O; must neither block nor throw.
class WorkObserver {
public:
    WorkObserver() = default;
    WorkObserver(const WorkObserver&) = delete;
    WorkObserver& operator=(const WorkObserver&) = delete;
    virtual ~WorkObserver() = default;

    virtual void call_ended(const EndedCall& /*call*/) {}
    virtual void items_ended(const EndedItems& /*items*/) {}
    /// Of a batch: a call failed, and some of its items are tried again.
    virtual void items_tried_again(
        std::string_view /*model*/, std::string_view /*error_class*/
    ) {}
};

}  // namespace inference
