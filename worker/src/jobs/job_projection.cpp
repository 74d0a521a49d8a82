#include "jobs/job_projection.hpp"

#include <algorithm>
#include <utility>

namespace inference {
namespace {

/// Runs of which it is known what was put last. More than a worker keeps alive; a row too many does no harm.
constexpr std::size_t kMostTold = 10'000;

}  // namespace

JobProjection::JobProjection(std::unique_ptr<JobStore> store, ProjectionOptions options)
    : store_(std::move(store)), options_(std::move(options)), thread_([this] { run(); }) {}

JobProjection::~JobProjection() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    store_->give_up();
    thread_.join();
}

void JobProjection::put(JobRow row) {
    const std::lock_guard lock(mutex_);
    if (!is_news(row)) {
        return;
    }
    if (pending_.size() >= options_.most_rows && !pending_.contains(row.status.job_id)) {
        dropped_ = true;
        return;
    }
    if (is_final(row.status.state)) {
        told_.erase(row.run.run_id);
    } else {
        if (told_.size() >= kMostTold) {
            told_.clear();
        }
        told_.insert_or_assign(row.run.run_id, row);
    }
    keep(std::move(row));
    changed_.notify_all();
}

bool JobProjection::is_news(const JobRow& row) {
    const auto told = told_.find(row.run.run_id);
    return told == told_.end() || told->second.status != row.status;
}

void JobProjection::keep(JobRow row) {
    const auto held = pending_.find(row.status.job_id);
    if (held == pending_.end()) {
        std::string job_id = row.status.job_id;
        pending_.emplace(std::move(job_id), std::move(row));
    } else if (replaces(row, held->second)) {
        held->second = merged(std::move(row), held->second);
    }
}

bool JobProjection::drain(std::chrono::milliseconds at_most) {
    std::unique_lock lock(mutex_);
    draining_ = true;
    changed_.notify_all();
    const bool is_written =
        changed_.wait_for(lock, at_most, [this] { return pending_.empty() && writing_ == 0; });
    draining_ = false;
    return is_written;
}

bool JobProjection::take_dropped() {
    const std::lock_guard lock(mutex_);
    return std::exchange(dropped_, false);
}

std::size_t JobProjection::waiting() const {
    const std::lock_guard lock(mutex_);
    return pending_.size() + writing_;
}

void JobProjection::run() {
    std::unique_lock lock(mutex_);
    auto pause = options_.interval;
    for (;;) {
        changed_.wait(lock, [this] { return stopping_ || !pending_.empty(); });
        // What comes meanwhile goes with it.
        changed_.wait_for(lock, pause, [this] {
            return stopping_ ||
                   (!failing_ && (draining_ || pending_.size() >= options_.batch_rows));
        });
        if (stopping_) {
            return;
        }
        pause = write(lock) ? options_.interval : std::min(pause * 2, options_.longest_pause);
    }
}

bool JobProjection::write(std::unique_lock<std::mutex>& lock) {
    std::vector<JobRow> batch = take_batch();
    writing_ = batch.size();
    lock.unlock();
    std::string problem;
    try {
        try {
            store_->upsert(batch);
        } catch (const JobRefused&) {
            write_one_by_one(batch);
        }
    } catch (const std::exception& error) {
        problem = error.what();
    }
    const bool was_failing = std::exchange(failing_, !problem.empty());
    if (failing_ && !was_failing && options_.on_lost) {
        options_.on_lost(problem);
    }
    if (!failing_ && was_failing && options_.on_back) {
        options_.on_back(waiting());
    }
    lock.lock();
    writing_ = 0;
    if (failing_) {
        put_back(std::move(batch));
    }
    changed_.notify_all();
    return !failing_;
}

void JobProjection::write_one_by_one(const std::vector<JobRow>& rows) {
    for (const JobRow& row : rows) {
        try {
            store_->upsert({&row, 1});
        } catch (const JobRefused& refused) {
            if (options_.on_refused) {
                options_.on_refused(refused.what());
            }
        }
    }
}

std::vector<JobRow> JobProjection::take_batch() {
    std::vector<JobRow> batch;
    while (!pending_.empty() && batch.size() < options_.batch_rows) {
        batch.push_back(std::move(pending_.extract(pending_.begin()).mapped()));
    }
    return batch;
}

void JobProjection::put_back(std::vector<JobRow> rows) {
    for (JobRow& row : rows) {
        const auto newer = pending_.find(row.status.job_id);
        if (newer == pending_.end()) {
            keep(std::move(row));
        } else if (replaces(newer->second, row)) {
            newer->second = merged(std::move(newer->second), row);
        } else {
            newer->second = std::move(row);
        }
    }
}

}  // namespace inference
