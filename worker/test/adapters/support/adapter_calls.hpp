/// @file support/adapter_calls.hpp
/// @brief Calls an adapter and waits for what comes of it.
#pragma once

#include "adapters/adapter.hpp"
#include "support/outcome_box.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stop_token>
#include <utility>
#include <variant>
#include <vector>

namespace inference::testing {

using CallBox = OutcomeBox<Outcome<EngineReply>>;
using ReadyBox = OutcomeBox<Outcome<Ready>>;

inline void start(
    Adapter& adapter,
    EngineCall call,
    const CallBox& box,
    std::stop_token cancel = {},
    std::chrono::milliseconds time = kPatience
) {
    CallOptions options;
    options.deadline = std::chrono::steady_clock::now() + time;
    options.cancel = std::move(cancel);
    adapter.call(std::move(call), std::move(options), box.completion());
}

inline Outcome<EngineReply> run(
    Adapter& adapter, EngineCall call, std::chrono::milliseconds time = kPatience
) {
    const CallBox box;
    start(adapter, std::move(call), box, {}, time);
    return box.wait();
}

inline void expect_each_cancelled_once(const std::vector<CallBox>& boxes) {
    for (const CallBox& box : boxes) {
        EXPECT_EQ(box.count(), 1);
        EXPECT_TRUE(std::holds_alternative<Cancelled>(box.wait()));
    }
}

/// Fails the test where the outcome is no error.
inline Error error_of(const auto& outcome) {
    if (!std::holds_alternative<Error>(outcome)) {
        ADD_FAILURE() << "no error";
        return {};
    }
    return std::get<Error>(outcome);
}

}  // namespace inference::testing
