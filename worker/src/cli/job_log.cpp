#include "cli/job_log.hpp"

namespace inference::cli {

nlohmann::json finished_fields(
    const JobStatus& job,
    const TokenUsage& usage,
    std::chrono::milliseconds latency,
    std::string_view trace_id
) {
    nlohmann::json fields = {
        {"job_id", job.job_id},
        {"model", job.model},
        {"input_tokens", usage.prompt_tokens},
        {"output_tokens", usage.completion_tokens},
        {"latency_ms", latency.count()},
        {"status", to_string(job.state)}
    };
    if (!trace_id.empty()) {
        fields["trace_id"] = trace_id;
    }
    if (job.error) {
        fields["class"] = to_string(job.error->error_class);
        fields["code"] = to_string(job.error->code);
        fields["error"] = job.error->message;
    }
    return fields;
}

}  // namespace inference::cli
