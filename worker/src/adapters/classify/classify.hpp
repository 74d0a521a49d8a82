/// @file adapters/classify/classify.hpp
/// @brief What an engine's failure means: the one place that decides.
#pragma once

#include "adapters/classify/signal.hpp"
#include "adapters/engine_kind.hpp"
#include "contracts/error.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace inference {

/// A signal, understood. The texts are ours, but for numbers and names that a known pattern captured.
struct Verdict {
    ErrorClass error_class = ErrorClass::kTransient;
    ErrorCode code = ErrorCode::kEngine5xx;
    std::string reason;  ///< What happened, as the end of "model 'x' at ENDPOINT: ...".
    std::string next_step;  ///< What to do about it.
    std::optional<std::chrono::milliseconds> retry_after = std::nullopt;
    bool sent = true;
    bool replica_bad = false;
    bool partial = false;
    bool engine_died = false;
    std::optional<std::int64_t> batch_limit = std::nullopt;
};

/// The first rule that fits decides: text that overrides the status (out of memory, too large, timed out, an engine's own
/// phrases; see text_rules.cpp), then the status (status_rules.cpp); what nobody knows is Transient.
///
/// Cancel: a call that we cancelled is not a failure and must not come here.
/// @code
///   classify(EngineKind::kVllm, HttpStatusSignal{.status = 503, .body = body}).code == ErrorCode::kRateLimited;
/// @endcode
Verdict classify(EngineKind engine, const Signal& signal);

/// The same, as the error of a call that names model and endpoint.
Error classify(
    EngineKind engine, const Signal& signal, std::string_view model, std::string_view endpoint
);

/// What a failed readiness probe means: short of Fatal, that the endpoint is not ready.
Error as_not_ready(Error error);

}  // namespace inference
