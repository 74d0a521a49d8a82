#include "cli/job_reconcile.hpp"

#include "cli/job_state.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <span>
#include <utility>

namespace inference::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr char kLooked[] = "looked";
constexpr char kLookedAtAll[] = "looked at all open";
constexpr char kEnded[] = "ended until";
constexpr char kBegun[] = "begun until";

/// Less than the pause between the looks of one worker.
constexpr seconds kBetweenLooks{4};
constexpr seconds kBetweenFullLooks{60};
/// Temporal's list trails the truth.
constexpr seconds kOverlap{10};
/// What a worker tells is in the store by then.
constexpr seconds kWorkersFirst{2};
/// A store that is new has no mark. What ended before that, `jobs rebuild` brings.
constexpr minutes kFirstLookBack{10};

constexpr std::size_t kHeldAtOnce = 500;

Timestamp in_milliseconds(std::chrono::system_clock::time_point time) {
    return std::chrono::floor<milliseconds>(time);
}

/// "'2026-11-24T10:31:00.123Z'"
std::string quoted(Timestamp time) {
    return "'" + to_iso8601(time) + "'";
}

std::size_t hash_of(const std::string& job_id, const std::string& run_id) {
    return std::hash<std::string>{}(job_id + '\0' + run_id);
}

bool says_that_end(const JobRow& held, temporal::WorkflowStatus status) {
    const JobState state = held.status.state;
    return state == state_of(status) || (state == JobState::kCompletedWithErrors &&
                                         status == temporal::WorkflowStatus::kCompleted);
}

/// Whether the store has nothing of this run, nor of a later one.
bool is_not_held(const temporal::WorkflowExecution& run, const JobRow* held) {
    return held == nullptr ||
           (held->run.run_id != run.run_id && held->run.began <= in_milliseconds(run.start_time));
}

void keep_latest(std::optional<Timestamp>& latest, std::chrono::system_clock::time_point time) {
    latest = std::max(latest.value_or(Timestamp{}), in_milliseconds(time));
}

}  // namespace

JobReconcile::JobReconcile(
    temporal::Client client, std::unique_ptr<JobStore> store, const std::stop_token& stop
)
    : truth_(std::move(client), AskWorkers::kForBatches, stop),
      store_(std::move(store)),
      give_up_(stop, [this] { store_->give_up(); }) {}

void JobReconcile::look(Timestamp now, bool at_all) {
    if (!store_->move_mark(kLooked, now - kBetweenLooks, now) && !at_all) {
        return;
    }
    look_at_ended(now);
    if (store_->move_mark(kLookedAtAll, now - kBetweenFullLooks, now) || at_all) {
        look_at_all_open(now);
    } else {
        look_at_begun(now);
    }
}

void JobReconcile::look_at_ended(Timestamp now) {
    const auto from = store_->mark(kEnded).value_or(now - kFirstLookBack) - kOverlap;
    std::optional<Timestamp> latest;
    truth_.visit("CloseTime >= " + quoted(from), [&](const Executions& ended) {
        for (const auto& run : ended) {
            keep_latest(latest, run.close_time.value_or(run.start_time));
        }
        correct(ended, [&](const temporal::WorkflowExecution& run, const JobRow* held) {
            return lacks_end(run, held, now);
        });
    });
    advance(kEnded, latest.value_or(now - kFirstLookBack));
}

bool JobReconcile::lacks_end(
    const temporal::WorkflowExecution& run, const JobRow* held, Timestamp now
) const {
    if (in_milliseconds(run.close_time.value_or(run.start_time)) > now - kWorkersFirst) {
        return false;  // The next look's.
    }
    if (held == nullptr) {
        return true;
    }
    if (held->run.run_id == run.run_id) {
        return !held->is_recorded && !says_that_end(*held, run.status);
    }
    if (!is_not_held(run, held)) {
        return false;
    }
    // One that was reset began with the run that was made of it.
    const auto latest = truth_.latest_run(run.workflow_id);
    return latest && latest->run_id == run.run_id;
}

void JobReconcile::look_at_begun(Timestamp now) {
    const auto from = store_->mark(kBegun).value_or(now - kFirstLookBack) - kOverlap;
    std::optional<Timestamp> latest;
    truth_.visit(
        "ExecutionStatus = 'Running' AND StartTime >= " + quoted(from),
        [&](const Executions& open) {
            for (const auto& run : open) {
                keep_latest(latest, run.start_time);
            }
            correct(open, [&](const temporal::WorkflowExecution& run, const JobRow* held) {
                return in_milliseconds(run.start_time) <= now - kWorkersFirst &&
                       is_not_held(run, held);
            });
        }
    );
    advance(kBegun, latest);
}

void JobReconcile::look_at_all_open(Timestamp now) {
    std::unordered_set<std::size_t> open_jobs;
    std::optional<Timestamp> latest;
    truth_.visit("ExecutionStatus = 'Running'", [&](const Executions& open) {
        for (const auto& run : open) {
            open_jobs.insert(hash_of(run.workflow_id, run.run_id));
            keep_latest(latest, run.start_time);
        }
        correct(open, is_not_held);
    });
    if (truth_.stop_requested()) {
        return;
    }
    advance(kBegun, latest);
    correct_held(open_jobs, now);
}

void JobReconcile::correct(
    const Executions& executions,
    const std::function<bool(const temporal::WorkflowExecution&, const JobRow*)>& is_wanted
) {
    std::vector<std::string> ids;
    for (const auto& run : executions) {
        ids.push_back(run.workflow_id);
    }
    std::map<std::string, JobRow> held;
    for (JobRow& row : store_->find_all(ids)) {
        std::string job_id = row.status.job_id;
        held.emplace(std::move(job_id), std::move(row));
    }
    std::vector<JobRow> rows;
    for (const auto& run : executions) {
        const auto row = held.find(run.workflow_id);
        if (!is_wanted(run, row == held.end() ? nullptr : &row->second)) {
            continue;
        }
        if (auto found = truth_.row_of(run)) {
            rows.push_back(*std::move(found));
        }
    }
    store_->upsert(rows);
}

void JobReconcile::correct_held(const std::unordered_set<std::size_t>& open_jobs, Timestamp now) {
    JobFilter filter{
        .states = {JobState::kQueued, JobState::kRunning}, .after = "", .limit = kHeldAtOnce
    };
    for (;;) {
        const auto rows = store_->list(filter);
        for (const JobRow& held : rows) {
            const bool may_be_new = held.status.updated_at > now - kOverlap;
            if (!may_be_new && !open_jobs.contains(hash_of(held.status.job_id, held.run.run_id))) {
                correct_one(held);
            }
        }
        if (rows.size() < kHeldAtOnce || truth_.stop_requested()) {
            return;
        }
        filter.after = rows.back().status.job_id;
    }
}

void JobReconcile::correct_one(const JobRow& held) {
    const auto latest = truth_.latest_run(held.status.job_id);
    const auto row = latest ? truth_.row_of(*latest) : std::nullopt;
    if (row) {
        store_->upsert({&*row, 1});
    } else {
        store_->forget(held.status.job_id, held.run.run_id);
    }
}

void JobReconcile::advance(const std::string& mark, std::optional<Timestamp> to) {
    if (to && !truth_.stop_requested()) {
        store_->move_mark(mark, *to, *to);
    }
}

RebuiltJobs rebuild_jobs(JobTruth& truth, JobStore& store, Timestamp now) {
    RebuiltJobs rebuilt;
    std::unordered_set<std::size_t> seen;
    truth.visit("", [&](const JobTruth::Executions& executions) {
        std::vector<JobRow> rows;
        for (const auto& run : executions) {
            // An id that was used again: its latest run alone.
            if (!seen.insert(hash_of(run.workflow_id, {})).second) {
                const auto latest = truth.latest_run(run.workflow_id);
                if (!latest || latest->run_id != run.run_id) {
                    continue;
                }
            }
            if (auto row = truth.row_of(run)) {
                ++(row->is_recorded ? rebuilt.ended : rebuilt.open);
                rows.push_back(*std::move(row));
            }
        }
        store.upsert(rows);
    });
    if (!truth.stop_requested()) {
        for (const char* mark : {kEnded, kBegun}) {
            store.move_mark(mark, now, now);
        }
    }
    return rebuilt;
}

}  // namespace inference::cli
