/// @file jobs/job_projection.hpp
/// @brief Brings rows to the job store without holding anybody up.
#pragma once

#include "jobs/job_row.hpp"
#include "jobs/job_store.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

namespace inference {

struct ProjectionOptions {
    std::chrono::milliseconds interval{100};  ///< Between two batches, at most.
    std::chrono::milliseconds longest_pause{2'000};  ///< Between two tries while the store fails.
    std::size_t most_rows = 100'000;  ///< Kept while the store fails, one for each job.
    std::size_t batch_rows = 1'000;
    // Called on the thread that writes. Empty: dropped.
    std::function<void(std::string_view message)> on_lost;  ///< Once when the store begins to fail.
    std::function<void(std::size_t waiting)> on_back;  ///< Once when it works again.
    std::function<void(std::string_view message)> on_refused;  ///< A row was dropped.
};

/// A thread of its own that writes the newest row of each job, in batches. While the store fails it keeps them and tries again.
///
/// Threads: any.
/// @code
///   JobProjection projection(open_job_store(store, JobStoreUse::kServe), {});
///   projection.put(row);
///   projection.drain(5s);
/// @endcode
class JobProjection {
public:
    JobProjection(std::unique_ptr<JobStore> store, ProjectionOptions options);
    /// Drops what is not written.
    ~JobProjection();
    JobProjection(const JobProjection&) = delete;
    JobProjection& operator=(const JobProjection&) = delete;

    /// Takes a row unless it says nothing new. Never waits for the store. Where too many rows wait, a row of another job is
    /// dropped.
    void put(JobRow row);

    /// Waits until all is written, at most so long; gives whether it is.
    bool drain(std::chrono::milliseconds at_most);

    /// Whether rows were dropped since this was asked last.
    [[nodiscard]] bool take_dropped();
    /// Rows that are not written yet.
    [[nodiscard]] std::size_t waiting() const;

private:
    void run();
    /// Writes what waits, a batch. Gives whether the store took it.
    bool write(std::unique_lock<std::mutex>& lock);
    void write_one_by_one(const std::vector<JobRow>& rows);
    std::vector<JobRow> take_batch();
    void put_back(std::vector<JobRow> rows);
    void keep(JobRow row);
    [[nodiscard]] bool is_news(const JobRow& row);

    const std::unique_ptr<JobStore> store_;
    const ProjectionOptions options_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::unordered_map<std::string, JobRow> pending_;  // By job.
    std::unordered_map<std::string, JobRow> told_;  // By run: what was put last.
    std::size_t writing_ = 0;
    bool dropped_ = false;
    bool draining_ = false;
    bool stopping_ = false;
    bool failing_ = false;  // Of the thread alone.
    std::thread thread_;
};

}  // namespace inference
