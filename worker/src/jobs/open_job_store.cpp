#include "jobs/open_job_store.hpp"

#include "jobs/postgres_database.hpp"
#include "jobs/sql_job_store.hpp"
#include "jobs/sqlite_database.hpp"

#include <string_view>

namespace inference {

std::unique_ptr<JobStore> open_job_store(const std::string& store, JobStoreUse use) {
    constexpr std::string_view kFile = "sqlite:";
    if (store == "none") {
        return nullptr;
    }
    std::unique_ptr<SqlDatabase> database;
    if (store.starts_with(kFile)) {
        database = std::make_unique<SqliteDatabase>(
            store.substr(kFile.size()), /*creates=*/use == JobStoreUse::kServe
        );
    } else {
        database = std::make_unique<PostgresDatabase>(store);
    }
    return std::make_unique<SqlJobStore>(std::move(database), use);
}

}  // namespace inference
