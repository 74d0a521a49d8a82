// Recorded histories against today's code. They were written by server/workflow_test.cpp with IW_RECORD_DIR set to this folder.

#include "replay/sample_workflows.hpp"
#include "temporal/history.hpp"
#include "temporal/testing/replayer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace temporal::samples {
namespace {

using ::testing::HasSubstr;
using testing::Replayer;
using testing::ReplayFailure;
using testing::ReplayResult;

History recorded(const std::string& name) {
    const char* root = std::getenv("IW_SOURCE_DIR");
    const std::filesystem::path folder =
        std::filesystem::path(root != nullptr ? root : ".") / "sdk/test/replay";
    std::ifstream file(folder / (name + ".json"));
    if (!file) {
        throw std::runtime_error("no history " + name + " in " + folder.string());
    }
    std::stringstream text;
    text << file.rdbuf();
    return History::from_json(text.str());
}

class RecordedHistory : public ::testing::TestWithParam<const char*> {};

TEST_P(RecordedHistory, ReplaysWithTodaysCode) {
    Replayer replayer;
    replayer.add<ActivityThenTimer>()
        .add<Account>()
        .add<Annotates>()
        .add<Inbox>()
        .add<CleansUp>()
        .add<Countdown>()
        .add<Hoarse>()
        .add<Locally>()
        .add<Patched>()
        .add<Race>()
        .add<RaceHere>();

    const ReplayResult result = replayer.replay(recorded(GetParam()));

    EXPECT_TRUE(result.ok()) << result.failure->message;
}

INSTANTIATE_TEST_SUITE_P(
    All,
    RecordedHistory,
    ::testing::Values(
        "activity_then_timer",
        "annotated",
        "updates",
        "signals_and_conditions",
        "canceled_with_cleanup",
        "continued_as_new",
        "activity_failed_for_good",
        "local_activities",
        "patched",
        "race_with_scope",
        "race_of_local_activities"
    ),
    [](const auto& info) { return std::string(info.param); }
);

/// The same workflow with one activity more, as a careless change would make it.
struct ActivityAdded {
    Task<std::string> run(WorkflowContext ctx, std::string text) {
        const std::string loud = co_await shout(ctx, text, {.start_to_close = 10s});
        (void)co_await break_voice(ctx, text, {.start_to_close = 10s});
        co_await ctx.sleep(10ms);
        co_return loud + "!";
    }
    static constexpr auto definition = workflow<&ActivityAdded::run>("ActivityThenTimer");
};

TEST(ChangedCode, AnActivityAddedFailsAndNamesTheEventWhatWasExpectedAndWhatWasFound) {
    Replayer replayer;
    replayer.add<ActivityAdded>();

    const ReplayResult result = replayer.replay(recorded("activity_then_timer"));

    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.failure->kind, ReplayFailure::Kind::kNondeterminism);
    EXPECT_EQ(result.failure->event_type, "TimerStarted") << result.failure->message;
    EXPECT_TRUE(result.failure->event_id.has_value());
    EXPECT_EQ(result.failure->expected, "a timer");
    EXPECT_EQ(result.failure->found, "an activity");
    EXPECT_THAT(result.failure->message, HasSubstr(std::to_string(*result.failure->event_id)));
}

/// The search attributes are not set any more.
struct AnnotatesLess {
    Task<std::string> run(WorkflowContext ctx) {
        ctx.upsert_memo({{"note", to_payload("begun")}});
        co_return co_await shout(ctx, "note", {.start_to_close = 10s});
    }
    static constexpr auto definition = workflow<&AnnotatesLess::run>("Annotates");
};

TEST(ChangedCode, AnUpsertLeftOutFailsAndIsNamed) {
    Replayer replayer;
    replayer.add<AnnotatesLess>();

    const ReplayResult result = replayer.replay(recorded("annotated"));

    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.failure->kind, ReplayFailure::Kind::kNondeterminism);
    EXPECT_EQ(result.failure->expected, "an upsert of search attributes")
        << result.failure->message;
    EXPECT_EQ(result.failure->found, "an upsert of the memo");
}

/// Renamed, which the server takes for another activity.
struct ActivityRenamed {
    Task<std::string> run(WorkflowContext ctx, std::string text) {
        co_return co_await break_voice(ctx, text, {.start_to_close = 10s});
    }
    static constexpr auto definition = workflow<&ActivityRenamed::run>("ActivityThenTimer");
};

TEST(ChangedCode, AnActivityRenamedFailsAndNamesBothNames) {
    Replayer replayer;
    replayer.add<ActivityRenamed>();

    const ReplayResult result = replayer.replay(recorded("activity_then_timer"));

    ASSERT_FALSE(result.ok());
    EXPECT_THAT(result.failure->expected, HasSubstr("shout"));
    EXPECT_THAT(result.failure->found, HasSubstr("break_voice"));
}

TEST(ChangedCode, AWorkflowThatIsNotRegisteredIsAFailedTaskAndNoDifference) {
    Replayer replayer;
    replayer.add<Race>();

    const ReplayResult result = replayer.replay(recorded("activity_then_timer"));

    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.failure->kind, ReplayFailure::Kind::kWorkflowTask);
    EXPECT_THAT(result.failure->message, HasSubstr("ActivityThenTimer"));
}

}  // namespace
}  // namespace temporal::samples
