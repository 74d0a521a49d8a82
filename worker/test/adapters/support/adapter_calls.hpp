/// @file support/adapter_calls.hpp
/// @brief Calls an adapter and waits for what comes of it.
#pragma once

#include "adapters/adapter.hpp"
#include "support/outcome_box.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <utility>
#include <variant>

namespace inference::testing {

using CallBox = OutcomeBox<Outcome<EngineReply>>;
using ReadyBox = OutcomeBox<Outcome<Ready>>;

inline Outcome<EngineReply> run(
    Adapter& adapter, EngineCall call, std::chrono::milliseconds time = kPatience
) {
    const CallBox box;
    adapter.call(
        std::move(call), {.deadline = std::chrono::steady_clock::now() + time}, box.completion()
    );
    return box.wait();
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
