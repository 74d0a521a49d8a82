#include "cli/list_filter.hpp"

#include "cli/command_error.hpp"
#include "cli/job_memo.hpp"
#include "cli/temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace inference::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::thrown_by;

const Timestamp kNow = *timestamp_from("2026-11-24T12:00:00Z");

ListFilter filter(const ListArguments& arguments) {
    return read_list_filter(arguments, kNow);
}

std::string refusal(const ListArguments& arguments) {
    const auto error = thrown_by<CommandError>([&] { filter(arguments); });
    EXPECT_EQ(error.code(), ExitCode::kUsage);
    return error.what();
}

TEST(ListFilter, WithoutArgumentsItIsAboutAllJobsAndNoOtherWorkflow) {
    EXPECT_EQ(
        list_query(filter({})),
        "WorkflowType IN ('InferenceWorkflow', 'BatchWorkflow') AND ExecutionStatus != "
        "'ContinuedAsNew'"
    );
}

TEST(ListFilter, TakesAllSixStatesAndAsksTheServerForWhatItKnowsOfThem) {
    const auto query = [](const std::string& state) {
        return list_query(filter({.state = state}));
    };
    EXPECT_THAT(query("queued"), HasSubstr("CloseTime IS NULL"));
    EXPECT_EQ(query("running"), query("queued"));
    EXPECT_THAT(query("completed"), HasSubstr("ExecutionStatus = 'Completed'"));
    EXPECT_THAT(query("completed_with_errors"), HasSubstr("WorkflowType = 'BatchWorkflow' AND"));
    EXPECT_THAT(query("failed"), HasSubstr("('Failed', 'Terminated', 'TimedOut')"));
    EXPECT_THAT(query("canceled"), HasSubstr("'Canceled'"));
}

TEST(ListFilter, AStateOrAPriorityThatThereIsNotIsAUsageErrorWithTheChoices) {
    EXPECT_THAT(refusal({.state = "runing"}), HasSubstr("completed_with_errors"));
    EXPECT_THAT(refusal({.state = "runing"}), HasSubstr("did you mean running?"));
    EXPECT_THAT(refusal({.priority = "urgent"}), HasSubstr("normal"));
}

TEST(ListFilter, SinceIsATimeAgoOrATimeInUtc) {
    const auto since = [](const std::string& text) {
        return to_iso8601(*filter({.since = text}).since);
    };
    EXPECT_EQ(since("30m"), "2026-11-24T11:30:00.000Z");
    EXPECT_EQ(since("7d"), "2026-11-17T12:00:00.000Z");
    EXPECT_EQ(since("2026-11-20"), "2026-11-20T00:00:00.000Z");
    EXPECT_EQ(since("2026-11-20T10:31:00Z"), "2026-11-20T10:31:00.000Z");
    EXPECT_THAT(
        list_query(filter({.since = "2h"})),
        HasSubstr(" AND StartTime >= '2026-11-24T10:00:00.000Z'")
    );
    for (const char* wrong : {"yesterday", "7", "d", "-1h", "2026-13-01", "' OR 1=1"}) {
        EXPECT_THAT(refusal({.since = wrong}), HasSubstr("30m, 2h or 7d")) << wrong;
    }
}

TEST(ListFilter, OnlyWhatAJobShowsOfItselfRulesItOutBeforeAnybodyIsAsked) {
    const ListFilter wanted = filter({.model = "echo", .priority = "high"});
    EXPECT_TRUE(may_match(wanted, job_memo("echo", Priority::kHigh)));
    EXPECT_FALSE(may_match(wanted, job_memo("other", Priority::kHigh)));
    EXPECT_FALSE(may_match(wanted, job_memo("echo", Priority::kLow)));
    EXPECT_TRUE(may_match(wanted, job_memo("", Priority::kHigh)))
        << "a batch with models of its lines";
    EXPECT_TRUE(may_match(wanted, {})) << "of a client that knows no memo";
    temporal::PayloadMap strange = job_memo("echo", Priority::kHigh);
    strange.at("model").data = "{";
    EXPECT_TRUE(may_match(wanted, strange));
}

TEST(ListFilter, AJobMatchesByItsStatus) {
    const JobStatus status{
        .state = JobState::kRunning, .model = "echo", .priority = Priority::kHigh
    };
    EXPECT_TRUE(matches(filter({}), status));
    EXPECT_TRUE(matches(filter({.state = "running", .model = "echo", .priority = "high"}), status));
    EXPECT_FALSE(matches(filter({.state = "queued"}), status));
    EXPECT_FALSE(matches(filter({.model = "other"}), status));
    EXPECT_FALSE(matches(filter({.priority = "low"}), status));
}

}  // namespace
}  // namespace inference::cli
