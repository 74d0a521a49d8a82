/// @file cli/job_log.hpp
/// @brief The log line of a finished job, written where the job's last step ends.
#pragma once

#include "activities/cpu_steps.hpp"
#include "cli/log.hpp"
#include "contracts/infer_response.hpp"
#include "temporal/activity_context.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace inference::cli {

/// {"job_id","model","input_tokens","output_tokens","latency_ms","status"}; the log adds the timestamp.
nlohmann::json finished_fields(const InferResponse& response, std::chrono::milliseconds latency);
/// The same of a job that failed.
nlohmann::json failed_fields(
    const std::string& job_id, const std::string& model, std::chrono::milliseconds latency
);

/// preprocess, with a line where it ends the job: its Fatal errors do.
class LoggedPreprocess {
public:
    LoggedPreprocess(PreprocessActivity step, Log log)
        : step_(std::move(step)), log_(std::move(log)) {}

    Processed operator()(temporal::ActivityContext& ctx, InferRequest request) const;

private:
    PreprocessActivity step_;
    Log log_;
};

/// postprocess, with a line for every job that it completes or fails.
///
/// The latency has all of the job's own time; waits between its tries are in it where the workflow told the time before.
class LoggedPostprocess {
public:
    explicit LoggedPostprocess(Log log) : log_(std::move(log)) {}

    InferResponse operator()(temporal::ActivityContext& ctx, Inferred inferred) const;

private:
    Log log_;
};

}  // namespace inference::cli
