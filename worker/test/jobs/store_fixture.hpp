// An empty job store of a test's own, in a file or on the PostgreSQL that runs beside the test.
#pragma once

#include "cli/temp_folder.hpp"
#include "jobs/open_job_store.hpp"

#include <gtest/gtest.h>

#include <libpq-fe.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace inference::test {

/// Of the server that tools/lib/with_postgres.py starts; without it the test fails.
inline std::string postgres_url() {
    const char* url = std::getenv("IW_POSTGRES_URL");
    if (url == nullptr) {
        throw std::runtime_error(
            "IW_POSTGRES_URL is not set: run this test with tools/lib/with_postgres.py"
        );
    }
    return url;
}

inline void run_on_postgres(const std::string& sql) {
    PGconn* connection = PQconnectdb(postgres_url().c_str());
    PGresult* result = PQexec(connection, sql.c_str());
    const bool is_done = PQresultStatus(result) == PGRES_COMMAND_OK;
    const std::string problem = PQerrorMessage(connection);
    PQclear(result);
    PQfinish(connection);
    if (!is_done) {
        throw std::runtime_error(problem);
    }
}

/// The parameter is "sqlite" or "postgresql".
class JobStoreTest : public ::testing::TestWithParam<std::string> {
protected:
    JobStoreTest() {
        if (GetParam() == "sqlite") {
            store_name_ = "sqlite:" + (folder_.path() / "jobs.db").string();
            return;
        }
        const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
        std::string schema = test->name();
        schema =
            "t" + std::to_string(std::hash<std::string>{}(schema)) + "_" + std::to_string(getpid());
        run_on_postgres("CREATE SCHEMA " + schema);
        store_name_ = postgres_url() + "?options=-csearch_path%3D" + schema;
    }

    [[nodiscard]] std::unique_ptr<JobStore> open(JobStoreUse use = JobStoreUse::kServe) const {
        return open_job_store(store_name_, use);
    }
    [[nodiscard]] const std::string& store_name() const noexcept { return store_name_; }
    [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_.path(); }

private:
    cli::testing::TempFolder folder_;
    std::string store_name_;
};

}  // namespace inference::test
