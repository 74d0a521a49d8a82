#include "cli/doctor_job_store.hpp"

#include "cli/temp_folder.hpp"
#include "jobs/open_job_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace inference::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class DoctorOnJobStore : public ::testing::Test {
protected:
    [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "jobs.db"; }
    [[nodiscard]] std::string store() const { return "sqlite:" + file().string(); }

private:
    testing::TempFolder folder_;
};

TEST_F(DoctorOnJobStore, AFileThatIsNotThereYetIsFineAndStaysAway) {
    const Check check = examine_job_store(store());
    EXPECT_EQ(check.verdict, Verdict::kOk);
    EXPECT_THAT(check.found, HasSubstr("the worker makes it"));
    EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(DoctorOnJobStore, AFolderThatIsNotThereIsAFailureWithANextStep) {
    const Check check = examine_job_store("sqlite:" + (file() / "deeper" / "jobs.db").string());
    EXPECT_EQ(check.verdict, Verdict::kFail);
    EXPECT_THAT(check.next_step, HasSubstr("make the folder"));
}

TEST_F(DoctorOnJobStore, AStoreThatWorksSaysItsSchema) {
    open_job_store(store(), JobStoreUse::kServe)->migrate();
    const Check check = examine_job_store(store());
    EXPECT_EQ(check.verdict, Verdict::kOk);
    EXPECT_THAT(check.found, HasSubstr("schema 1"));
}

TEST_F(DoctorOnJobStore, WhatIsNoDatabaseIsAFailureOfTheJobStoreAndExitsWith1) {
    std::ofstream(file()) << std::string(4096, 'x');
    const Check check = examine_job_store(store());
    EXPECT_EQ(check.verdict, Verdict::kFail);
    EXPECT_FALSE(check.next_step.empty());
    EXPECT_EQ((DoctorReport{.checks = {check}}.exit_code()), ExitCode::kJobFailed);
}

TEST_F(DoctorOnJobStore, AServerThatIsNotThereIsAFailureWithoutItsPassword) {
    const Check check = examine_job_store("postgresql://me:s3cret@127.0.0.1:1/jobs");
    EXPECT_EQ(check.verdict, Verdict::kFail);
    EXPECT_THAT(check.found, HasSubstr("127.0.0.1"));
    EXPECT_THAT(check.found, Not(HasSubstr("s3cret")));
}

TEST_F(DoctorOnJobStore, NoneIsFine) {
    EXPECT_EQ(examine_job_store("none").verdict, Verdict::kOk);
}

}  // namespace
}  // namespace inference::cli
