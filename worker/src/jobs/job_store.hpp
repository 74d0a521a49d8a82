/// @file jobs/job_store.hpp
/// @brief Where jobs can be looked up without Temporal: a projection of its truth, which any number of workers write.
#pragma once

#include "contracts/job_status.hpp"
#include "contracts/priority.hpp"
#include "contracts/timestamp.hpp"
#include "jobs/job_row.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

/// A store that cannot do what it was asked. The message names the store, without a password, the cause and the next step.
class JobStoreError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The tables are of a newer program.
class NewerJobStore : public JobStoreError {
public:
    using JobStoreError::JobStoreError;
};

/// A row holds what the store can never take, such as a key of many kilobytes. The store works.
class JobRefused : public JobStoreError {
public:
    using JobStoreError::JobStoreError;
};

/// Which jobs. What is absent or empty takes all.
struct JobFilter {
    std::set<JobState> states;
    std::optional<std::string> model;
    std::optional<Priority> priority;
    std::optional<Timestamp> since;  ///< Created then or later.
    std::optional<Timestamp> until;  ///< Created before.
    /// Those behind this id, in the order of the ids. Absent: the newest come first.
    std::optional<std::string> after;
    std::size_t limit = 100;
};

/// What the program does to the tables.
enum class JobStoreUse {
    kServe,  ///< Makes them, and brings older ones up to date.
    kLook,  ///< Leaves them as they are.
};

/// Opens itself with the first call, and anew after a call that failed.
///
/// Errors:  JobStoreError. What was under way may have been done or not; all calls can be repeated. With kLook also where there
///          are no tables, or ones of an older program.
/// Threads: one at a time, but for give_up(). Several programs, and several of these in one, share a store.
class JobStore {
public:
    JobStore() = default;
    virtual ~JobStore() = default;
    JobStore(const JobStore&) = delete;
    JobStore& operator=(const JobStore&) = delete;

    /// Makes the tables, or brings them up to date; never downwards, and not with kLook. Gives the version that they have, 0
    /// where there are none.
    ///
    /// Errors: NewerJobStore.
    virtual int migrate() = 0;
    /// Writes something and takes it back, also with kLook; nothing where there are no tables.
    virtual void try_to_write() = 0;
    /// Takes the rows that are the later truth, by replaces() and merged(): all of them or, with an error, none.
    ///
    /// Errors: JobRefused.
    virtual void upsert(std::span<const JobRow> rows) = 0;
    [[nodiscard]] virtual std::optional<JobRow> find(const std::string& job_id) = 0;
    /// The rows of these jobs that are there, in any order.
    [[nodiscard]] virtual std::vector<JobRow> find_all(std::span<const std::string> job_ids) = 0;
    [[nodiscard]] virtual std::vector<JobRow> list(const JobFilter& filter) = 0;
    /// Removes a job while its row is of this run. Gives whether it was there.
    virtual bool forget(const std::string& job_id, const std::string& run_id) = 0;
    /// Removes the jobs that ended before then. Gives how many.
    virtual std::int64_t purge(Timestamp ended_before) = 0;

    /// A time that is kept beside the jobs; nullopt where none is kept by that name.
    [[nodiscard]] virtual std::optional<Timestamp> mark(std::string_view name) = 0;
    /// Moves a mark to `to` if it is absent or before `from`; of several that try at once, one does. Gives whether it moved.
    virtual bool move_mark(std::string_view name, Timestamp from, Timestamp to) = 0;

    /// Makes the call that is under way, and all after it, fail within moments if what they wait for is a server. The one that may
    /// be called from any thread.
    virtual void give_up() noexcept = 0;
    /// "sqlite:/var/lib/jobs.db", "postgresql://db/jobs": for people, without a password.
    [[nodiscard]] virtual std::string name() const = 0;
};

}  // namespace inference
