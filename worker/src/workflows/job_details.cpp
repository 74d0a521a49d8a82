#include "workflows/job_details.hpp"

#include "contracts/details_table.hpp"

#include <array>
#include <cmath>
#include <utility>

namespace inference {
namespace {

std::string progress_of(const JobStatus& status) {
    constexpr double kHundred = 100;
    std::string text = std::to_string(std::lround(kHundred * status.progress)) + " %";
    if (status.counts) {
        const ItemCounts& counts = *status.counts;
        text += ": " + std::to_string(counts.succeeded) + " succeeded, " +
                std::to_string(counts.failed) + " failed of " + std::to_string(counts.total) +
                " items";
    }
    return text;
}

/// "Transient 2, Timeout 1"; empty: none.
std::string retries_of(const RetryCounts& retries) {
    const std::array<std::pair<const char*, int>, 4> counts{{
        {"Transient", retries.transient},
        {"Timeout", retries.timeout},
        {"OOM", retries.oom},
        {"WorkerLost", retries.worker_lost},
    }};
    std::string text;
    for (const auto& [name, count] : counts) {
        if (count > 0) {
            text += (text.empty() ? "" : ", ") + std::string(name) + " " + std::to_string(count);
        }
    }
    return text;
}

std::string error_of(const std::optional<JobError>& error) {
    if (!error) {
        return {};
    }
    std::string text(to_string(error->code));
    text += " (" + std::string(to_string(error->error_class)) + ")";
    if (error->next_attempt_at) {
        text += ", next try at " + to_iso8601(*error->next_attempt_at);
    }
    return text;
}

}  // namespace

std::string job_details(const JobStatus& status) {
    return DetailsTable()
        .add("state", to_string(status.state))
        .add("stage", to_string(status.stage))
        .add("progress", progress_of(status))
        .add("tries", std::to_string(status.attempt))
        .add("retries", retries_of(status.retries))
        .add("last error", error_of(status.error))
        .add("model", status.model)
        .add("priority", to_string(status.priority))
        .text();
}

}  // namespace inference
