/// @file contracts/failure_details.hpp
/// @brief What a failed job tells its client, as `details[0]` of the workflow's failure.
#pragma once

#include "contracts/error.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace inference {

/// Wire: {"code","class","message","model","endpoint","attempt","batch"?}. The failure's `type` is the class.
struct FailureDetails {
    ErrorCode code = ErrorCode::kValidation;
    ErrorClass error_class = ErrorClass::kFatal;
    std::string message;
    std::string model;
    std::optional<std::string> endpoint;  ///< Null if none was called.
    int attempt = 0;  ///< The infer tries.
    nlohmann::json batch;  ///< Of a batch: its BatchResponse; else null.

    bool operator==(const FailureDetails&) const = default;
};

FailureDetails failure_details(const Error& error, std::string model, int attempt);

void to_json(nlohmann::json& json, const FailureDetails& details);
/// Errors: throws std::invalid_argument.
void from_json(const nlohmann::json& json, FailureDetails& details);

}  // namespace inference
