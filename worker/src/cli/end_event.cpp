#include "cli/end_event.hpp"

#include <nlohmann/json.hpp>

namespace inference::cli {

Event end_event(const JobStatus& job, const TokenUsage& usage, const std::string& run_id) {
    nlohmann::json data{
        {"state", to_string(job.state)}, {"attempts", job.attempt}, {"usage", usage}
    };
    if (job.counts) {
        data["counts"] = *job.counts;
    }
    if (job.error) {
        data["error"] = {
            {"class", to_string(job.error->error_class)}, {"code", to_string(job.error->code)}
        };
    }
    return {
        .job_id = job.job_id,
        .run_id = run_id,
        .epoch = job.counts ? 0 : job.attempt,
        .seq = 0,  // The sink counts.
        .type = EventType::kEnd,
        .time = job.updated_at,
        .data = std::move(data),
    };
}

}  // namespace inference::cli
