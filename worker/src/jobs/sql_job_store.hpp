/// @file jobs/sql_job_store.hpp
/// @brief The job store in a database.
#pragma once

#include "jobs/job_store.hpp"
#include "jobs/sql_database.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

/// Which of two rows is kept is decided by the database, in the statement that writes: any number of workers may write at once.
class SqlJobStore final : public JobStore {
public:
    SqlJobStore(std::unique_ptr<SqlDatabase> database, JobStoreUse use);

    int migrate() override;
    void try_to_write() override;
    void upsert(std::span<const JobRow> rows) override;
    std::optional<JobRow> find(const std::string& job_id) override;
    std::vector<JobRow> find_all(std::span<const std::string> job_ids) override;
    std::vector<JobRow> list(const JobFilter& filter) override;
    bool forget(const std::string& job_id, const std::string& run_id) override;
    std::int64_t purge(Timestamp ended_before) override;
    std::optional<Timestamp> mark(std::string_view name) override;
    bool move_mark(std::string_view name, Timestamp from, Timestamp to) override;
    void give_up() noexcept override { database_->give_up(); }
    [[nodiscard]] std::string name() const override { return database_->name(); }

private:
    /// With the tables at hand, whoever has to make them.
    void ready();
    [[nodiscard]] int version();
    [[nodiscard]] int reached_version();
    void require_not_newer(int version) const;
    void bring_up_to_date();
    SqlResult run(const std::string& sql, std::span<const SqlValue> parameters);
    std::vector<JobRow> read(const std::string& sql, std::span<const SqlValue> parameters);

    const std::unique_ptr<SqlDatabase> database_;
    const JobStoreUse use_;
    bool is_ready_ = false;
};

}  // namespace inference
