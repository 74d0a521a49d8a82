#include "cli/list_table.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace inference::cli {
namespace {

TEST(ListTable, HasARowAJobWithWhatIsDoneOfItAndItsErrorsCode) {
    const Timestamp started = *timestamp_from("2026-11-24T10:31:00.123Z");
    std::ostringstream out;
    out << to_table(
        {{{.job_id = "b1",
           .state = JobState::kCompletedWithErrors,
           .counts = ItemCounts{.total = 300, .succeeded = 298, .failed = 2},
           .priority = Priority::kLow},
          started},
         {{.job_id = "j1",
           .state = JobState::kFailed,
           .progress = 1.0 / 3,
           .model = "echo",
           .error = JobError{.code = ErrorCode::kPoison}},
          started}}
    );
    EXPECT_EQ(
        out.str(),
        "JOB  STATE                  DONE               MODEL  PRIORITY  STARTED               "
        "ERROR\n"
        "b1   completed_with_errors  300/300, 2 failed  -      low       2026-11-24T10:31:00Z  -\n"
        "j1   failed                 33 %               echo   normal    2026-11-24T10:31:00Z  "
        "POISON\n"
    );
}

}  // namespace
}  // namespace inference::cli
