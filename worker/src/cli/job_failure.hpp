/// @file cli/job_failure.hpp
/// @brief Why a job did not complete, from the failure of its workflow.
#pragma once

#include "contracts/batch_response.hpp"
#include "contracts/job_status.hpp"
#include "temporal/failure.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace inference::cli {

struct JobFailure {
    JobState state =
        JobState::kFailed;  ///< Failed or canceled; terminated and timed out are failed.
    std::string message;
    nlohmann::json
        details;  ///< {code, class, message, model, endpoint, attempt}; null where the workflow gave none.
    std::optional<BatchResponse> batch;  ///< What a batch had done by then.
};

JobFailure job_failure(const temporal::Failure& failure);

/// One line for people: "job 'inf-1' failed: MESSAGE (Fatal MODEL_NOT_FOUND)".
std::string to_line(const JobFailure& failure, const std::string& job_id);

/// {"job_id","status","error"}: what `-o json` prints in place of an InferResponse. `error` is the details, or
/// {"message"} where there are none. Of a cancelled batch it is the BatchResponse, which has more.
nlohmann::json to_report(const JobFailure& failure, const std::string& job_id);

}  // namespace inference::cli
