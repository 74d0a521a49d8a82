/// @file adapters/kserve/request_hints.hpp
/// @brief What the adapter adds to a request's parameters: urgency, patience, and the sequence that it belongs to.
#pragma once

#include "adapters/adapter.hpp"
#include "adapters/kserve/model_description.hpp"
#include "contracts/engine_call.hpp"
#include "contracts/error.hpp"
#include "contracts/result.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace inference {

struct RequestHints {
    int priority = 0;  ///< Ours: high 0, normal 10, low 20.
    std::chrono::microseconds time_left{0};  ///< Until the call's deadline.
    std::int64_t new_sequence_id = 1;  ///< Range: above 0, and of no other sequence.
};

/// What the client has set stays as it is. The rest is added only where the model's configuration makes use of it:
/// `priority` as 1, 2 or 3, at most the model's lowest level; `timeout` in microseconds, though the caller's deadline counts
/// without it too; for a model that keeps sequences a `sequence_id` of its own, with start and end, so that the call is a
/// whole sequence, and a repeated call is a new one.
///
/// Errors: Fatal VALIDATION for sequence parameters that the server would misread, with what to send instead.
std::optional<Error> add_hints(
    const RequestHints& hints,
    const ModelDescription& model,
    std::string_view model_name,
    kserve::ModelInferRequest& request
);

/// A call's body in the protocol's form, checked against the model's description, with the hints.
///
/// Errors: those of encode_request() and add_hints().
Result<kserve::ModelInferRequest> request_with_hints(
    const EngineCall& call, const ModelDescription& model, Deadline deadline
);

}  // namespace inference
