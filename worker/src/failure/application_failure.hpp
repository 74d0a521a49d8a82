/// @file failure/application_failure.hpp
/// @brief The border between classified errors and Temporal's failures, in both directions.
#pragma once

#include "contracts/error.hpp"
#include "resilience/retry_state.hpp"
#include "temporal/failure.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace inference {

/// An activity's failure: `type` is the class, `details[0]` the Error. Never retried by the server but for the two CPU steps,
/// whose Fatal errors are final.
temporal::ApplicationFailure to_activity_failure(const Error& error);

/// A failed job: `type` is the class, `details[0]` is {code, class, message, model, endpoint, attempt} and, of a batch, {batch}.
temporal::ApplicationFailure to_job_failure(
    const Error& error, std::string model, int attempt, nlohmann::json batch = nullptr
);

/// What an activity's failure means for the retry table.
///
/// | failure | means |
/// |---|---|
/// | an ApplicationFailure with an Error in its details | that error |
/// | heartbeat timeout, or the worker shut down under it | WorkerLost |
/// | start-to-close timeout | Timeout ENGINE_TIMEOUT, for the worker's own deadline lies before it |
/// | anything else | Fatal WORKER_LOST, for it is a fault of the worker and not of the request |
TryFailure to_try_failure(const temporal::ActivityFailure& failure);

/// What a failed CPU step, `step`, fails the job with.
Error to_step_error(const temporal::ActivityFailure& failure, const std::string& step);

}  // namespace inference
