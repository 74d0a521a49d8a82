// Which of two rows of a job stays: one table for the rule in C++ and for each database.
#pragma once

#include "jobs/job_row.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace inference::test {

/// A row of job "job", as a worker tells it.
inline JobRow row(
    const std::string& run_id,
    std::chrono::seconds run_began,
    JobState state,
    std::int64_t sequence,
    bool is_recorded = false
) {
    JobRow made;
    made.status.job_id = "job";
    made.status.state = state;
    made.status.model = "echo";
    made.status.updated_at = Timestamp{run_began + std::chrono::seconds{sequence}};
    made.run = {
        .run_id = run_id,
        .first_run_id = run_id,
        .workflow_type = "InferenceWorkflow",
        .queue = "inference-normal",
        .began = Timestamp{run_began}
    };
    made.created_at = made.run.began;
    made.sequence = sequence;
    made.is_recorded = is_recorded;
    return made;
}

struct FenceCase {
    std::string name;
    JobRow held;
    JobRow offered;
    bool is_taken;
};

inline std::vector<FenceCase> fence_cases() {
    using namespace std::chrono_literals;
    const auto queued = row("a", 100s, JobState::kQueued, 0);
    const auto early = row("a", 100s, JobState::kRunning, 3);
    const auto late = row("a", 100s, JobState::kRunning, 9);
    const auto done = row("a", 100s, JobState::kCompleted, 9);
    const auto failed = row("a", 100s, JobState::kFailed, 15);
    const auto recorded = row("a", 100s, JobState::kCanceled, 0, true);
    const auto next_run = row("b", 200s, JobState::kRunning, 3);
    const auto next_queued = row("b", 200s, JobState::kQueued, 0);
    const auto next_recorded = row("b", 200s, JobState::kFailed, 0, true);
    return {
        {"a worker's first word replaces a queued job", queued, early, true},
        {"a queued job does not replace what a worker has said", early, queued, false},
        {"of one run the row of more events stays", early, late, true},
        {"of one run the row of fewer events does not come back", late, early, false},
        {"of the same events the later word stays",
         late,
         row("a", 100s, JobState::kRunning, 9),
         true},
        {"an end replaces what runs", late, done, true},
        {"an end replaces also what knows of more events",
         late,
         row("a", 100s, JobState::kFailed, 5),
         true},
        {"what has ended does not run again", done, row("a", 100s, JobState::kRunning, 99), false},
        {"the first end stays", done, failed, false},
        {"the record of the end replaces a worker's word on it", done, recorded, true},
        {"the record of the end replaces what runs", late, recorded, true},
        {"nothing of the run replaces the record of its end", recorded, failed, false},
        {"nor does another record", recorded, row("a", 100s, JobState::kFailed, 0, true), false},
        {"a later run replaces what runs", late, next_run, true},
        {"a later run replaces what has ended", done, next_run, true},
        {"a later run replaces a record", recorded, next_queued, true},
        {"an earlier run does not come back", next_run, late, false},
        {"nor does its end", next_run, done, false},
        {"nor does its record", next_queued, recorded, false},
        {"the run that was made of one that was reset replaces it",
         done,
         row("b", 100s, JobState::kRunning, 9),
         true},
        {"a run that was reset does not come back with its end",
         row("b", 100s, JobState::kRunning, 9),
         failed,
         false},
        {"a record of a later run replaces the end of an earlier one", done, next_recorded, true},
    };
}

}  // namespace inference::test
