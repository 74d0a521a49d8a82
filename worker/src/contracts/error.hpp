/// @file contracts/error.hpp
/// @brief The closed set of error classes and codes, named by what happens next.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace inference {

/// What the retry layer does about an error. Adapters classify and never retry; one layer retries.
enum class ErrorClass {
    kTransient,  ///< Exponential backoff, three tries in all.
    kOutOfMemory,  ///< Halve the batch and retry, down to one.
    kTimeout,  ///< Retry once.
    kFatal,  ///< Fail at once.
};

/// The cause, as clients see it in `details[0].code` of a failed job.
enum class ErrorCode {
    kValidation,
    kModelNotFound,
    kAuth,
    kContextLength,
    kUnsupported,
    kPoison,
    kWorkerLost,
    kConnection,
    kRateLimited,
    kEngine5xx,
    kEngineNotReady,
    kCircuitOpen,
    kEngineTimeout,
    kDeadline,
    kEngineOom,
    kStorage,
};

/// Wire names: "Transient", "OOM", "Timeout", "Fatal".
std::string_view to_string(ErrorClass error_class) noexcept;
/// Wire names: "VALIDATION", "MODEL_NOT_FOUND", ...
std::string_view to_string(ErrorCode code) noexcept;
std::optional<ErrorClass> error_class_from(std::string_view name) noexcept;
std::optional<ErrorCode> error_code_from(std::string_view name) noexcept;
/// All names in a list for people.
std::string error_class_names();
std::string error_code_names();

/// A classified failure of a job's step.
///
/// `message` names the model or field, the value and the next step, and holds no prompt or output: engine text
/// enters only as what a known pattern captured from it.
struct Error {
    ErrorClass error_class = ErrorClass::kFatal;
    ErrorCode code = ErrorCode::kValidation;
    std::string message;
    std::optional<std::string> endpoint = std::nullopt;  ///< Null if no engine was called.
    std::optional<std::chrono::milliseconds> retry_after =
        std::nullopt;  ///< The engine's own wish, at most 60 s.
    bool sent = false;  ///< False only if no byte of the request can have reached an engine.
    bool replica_bad = false;  ///< This endpoint will not heal by itself.
    bool partial = false;  ///< Some of the answer had arrived and was discarded.
    bool engine_died = false;  ///< The engine's process ended under the call, by what it said.
    /// The most items that the engine takes at once, where it said so. Range: at least 1.
    std::optional<std::int64_t> batch_limit = std::nullopt;
    bool indivisible = false;  ///< The input is one item, however many it seems to hold.

    bool operator==(const Error&) const = default;
};

/// The error of a request that must not be tried again as it is.
Error fatal(ErrorCode code, std::string message);

/// How an activity tells the workflow, as `details[0]` of its failure: {"code","class","message","endpoint",
/// "retry_after_ms"?,"sent","replica_bad","partial","engine_died","batch_limit"?,"indivisible"}.
void to_json(nlohmann::json& json, const Error& error);
/// Errors: throws std::invalid_argument; a code or class that is unknown here counts as one.
void from_json(const nlohmann::json& json, Error& error);

}  // namespace inference
