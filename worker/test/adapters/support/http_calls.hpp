/// @file support/http_calls.hpp
/// @brief Sends a request with an HttpEngine and waits for what comes of it.
#pragma once

#include "adapters/http/http_engine.hpp"
#include "support/outcome_box.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <utility>
#include <variant>

namespace inference::testing {

using HttpBox = OutcomeBox<HttpOutcome>;

inline Deadline in(std::chrono::milliseconds time) {
    return std::chrono::steady_clock::now() + time;
}

inline HttpOutcome run(HttpEngine& engine, HttpRequest request, Deadline deadline = in(kPatience)) {
    const HttpBox box;
    engine.start(std::move(request), deadline, {}, box.completion());
    return box.wait();
}

inline HttpAnswer answer_of(const HttpOutcome& outcome) {
    if (const auto* failure = std::get_if<HttpFailure>(&outcome)) {
        ADD_FAILURE() << "no answer, but fault " << static_cast<int>(failure->fault);
        return {};
    }
    return std::get<HttpAnswer>(outcome);
}

inline HttpFailure failure_of(const HttpOutcome& outcome) {
    if (!std::holds_alternative<HttpFailure>(outcome)) {
        ADD_FAILURE() << "no failure";
        return {};
    }
    return std::get<HttpFailure>(outcome);
}

}  // namespace inference::testing
