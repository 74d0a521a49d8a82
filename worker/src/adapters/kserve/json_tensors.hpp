/// @file adapters/kserve/json_tensors.hpp
/// @brief Requests and answers of KServe v2 as the JSON that goes over HTTP, which can say less than gRPC.
#pragma once

#include "adapters/classify/signal.hpp"
#include "adapters/http/http_message.hpp"
#include "adapters/kserve/model_description.hpp"
#include "contracts/result.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace inference {

/// Why a model cannot be called over HTTP whatever the request, or nothing: it answers in a stream, or has 16-bit floats,
/// for which Triton's JSON has no form. Fatal UNSUPPORTED, with the gRPC port as the next step.
std::optional<Error> http_obstacle(
    const kserve::ModelInferRequest& request,
    const ModelDescription& model,
    std::string_view model_name
);

/// The body of POST .../infer. Range: `request` as of encode_request(), with raw contents.
///
/// Errors: Fatal UNSUPPORTED for elements that JSON cannot say: bytes that are no text, NaN, infinities.
Result<std::string> write_json_request(
    const kserve::ModelInferRequest& request, std::string_view model_name, std::string_view id
);

/// The answer in the form of decode_answer(), its elements checked and flat, or what is wrong with it.
///
/// Range: `now` is for a Retry-After that is a date.
std::variant<nlohmann::json, Signal> read_json_answer(
    HttpAnswer answer,
    const std::vector<std::string>& wanted_outputs,
    std::chrono::system_clock::time_point now
);

}  // namespace inference
