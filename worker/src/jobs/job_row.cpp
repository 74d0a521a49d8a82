#include "jobs/job_row.hpp"

#include <algorithm>

namespace inference {

std::optional<Timestamp> finished_at(const JobRow& row) noexcept {
    return is_final(row.status.state) ? std::optional(row.status.updated_at) : std::nullopt;
}

// The statement kUpsert in sql_job_store.cpp says the same.
bool replaces(const JobRow& offered, const JobRow& held) noexcept {
    if (offered.run.run_id != held.run.run_id) {
        return offered.run.began == held.run.began
                   ? is_final(held.status.state) || offered.is_recorded
                   : offered.run.began > held.run.began;
    }
    if (held.is_recorded) {
        return false;
    }
    if (offered.is_recorded) {
        return true;
    }
    if (is_final(held.status.state)) {
        return false;
    }
    return is_final(offered.status.state) || offered.sequence >= held.sequence;
}

JobRow merged(JobRow offered, const JobRow& held) {
    if (offered.run.first_run_id != held.run.first_run_id) {
        return offered;
    }
    offered.created_at = std::min(offered.created_at, held.created_at);
    if (held.started_at) {
        offered.started_at =
            std::min(offered.started_at.value_or(*held.started_at), *held.started_at);
    }
    return offered;
}

}  // namespace inference
