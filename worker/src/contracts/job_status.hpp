/// @file contracts/job_status.hpp
/// @brief What the query `status` answers, and `inference-worker status -o json` prints.
#pragma once

#include "contracts/attempts.hpp"
#include "contracts/error.hpp"
#include "contracts/priority.hpp"
#include "contracts/timestamp.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace inference {

class FieldReader;

/// queued -> running -> one of the rest, which are final.
enum class JobState { kQueued, kRunning, kCompleted, kCompletedWithErrors, kFailed, kCanceled };

/// Wire names: "queued", "running", "completed", "completed_with_errors", "failed", "canceled".
std::string_view to_string(JobState state) noexcept;
std::optional<JobState> job_state_from(std::string_view name) noexcept;
/// All names in a list for people.
std::string job_state_names();
bool is_final(JobState state) noexcept;

/// The three steps of a job.
enum class Stage { kPreprocess, kInfer, kPostprocess };

/// Wire names: "preprocess", "infer", "postprocess".
std::string_view to_string(Stage stage) noexcept;
std::optional<Stage> stage_from(std::string_view name) noexcept;

/// The items of a batch.
struct ItemCounts {
    std::int64_t total = 0;
    std::int64_t succeeded = 0;
    std::int64_t failed = 0;
    std::int64_t canceled = 0;

    bool operator==(const ItemCounts&) const = default;
};

void read_fields(FieldReader& fields, ItemCounts& counts);
void to_json(nlohmann::json& json, const ItemCounts& counts);
/// Errors: throws std::invalid_argument.
void from_json(const nlohmann::json& json, ItemCounts& counts);

/// The last failure of a try.
struct JobError {
    ErrorCode code = ErrorCode::kValidation;
    ErrorClass error_class = ErrorClass::kFatal;
    std::string message;
    std::optional<Timestamp> next_attempt_at;  ///< While a try is still to come.

    bool operator==(const JobError&) const = default;
};

void read_fields(FieldReader& fields, JobError& error);
void to_json(nlohmann::json& json, const JobError& error);
/// Errors: throws std::invalid_argument.
void from_json(const nlohmann::json& json, JobError& error);

struct JobStatus {
    std::string job_id;
    JobState state = JobState::kQueued;
    Stage stage = Stage::kPreprocess;
    double progress = 0;  ///< Range: 0 to 1; stages done of three, or items done of all.
    std::optional<ItemCounts> counts;  ///< Of a batch.
    int attempt = 0;  ///< The infer tries so far.
    RetryCounts retries;
    std::string model;
    Priority priority = Priority::kNormal;  ///< The request's, else that of the queue.
    Timestamp updated_at{};
    std::optional<JobError> error;

    bool operator==(const JobStatus&) const = default;
};

void to_json(nlohmann::json& json, const JobStatus& status);
/// Errors: throws std::invalid_argument.
void from_json(const nlohmann::json& json, JobStatus& status);

}  // namespace inference
