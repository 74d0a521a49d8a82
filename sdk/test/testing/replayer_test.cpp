// The replayer over the real core. That recorded histories replay is tested in replay/.

#include "temporal/testing/replayer.hpp"

#include "replay/sample_workflows.hpp"
#include "temporal/error.hpp"
#include "temporal/failure.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace temporal::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::SizeIs;

History recorded(const std::string& name) {
    const char* root = std::getenv("IW_SOURCE_DIR");
    const auto path =
        std::filesystem::path(root != nullptr ? root : ".") / "sdk/test/replay" / name;
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return History::from_json(text);
}

/// Stands in for ActivityThenTimer, and throws what is no Temporal failure.
struct Broken {
    Task<std::string> run(WorkflowContext /*ctx*/, std::string /*text*/) {
        throw std::logic_error("not today");
        co_return "";
    }
    static constexpr auto definition = workflow<&Broken::run>("ActivityThenTimer");
};

/// The activity is there, the timer is not.
struct TimerLeftOut {
    Task<std::string> run(WorkflowContext ctx, std::string text) {
        co_return co_await samples::shout(ctx, text, {.start_to_close = 10s});
    }
    static constexpr auto definition = workflow<&TimerLeftOut::run>("ActivityThenTimer");
};

/// Waits for a timer where the history has an activity.
struct TimerFirst {
    Task<std::string> run(WorkflowContext ctx, std::string text) {
        co_await ctx.sleep(10ms);
        co_return co_await samples::shout(ctx, text, {.start_to_close = 10s});
    }
    static constexpr auto definition = workflow<&TimerFirst::run>("ActivityThenTimer");
};

TEST(Replayer, EveryHistoryGetsItsOwnVerdict) {
    const std::vector<History> histories{
        recorded("activity_then_timer.json"),
        recorded("signals_and_conditions.json"),
        recorded("activity_then_timer.json")
    };
    Replayer replayer;
    replayer.add<TimerLeftOut>().add<samples::Inbox>();

    const auto results = replayer.replay_all(histories);

    ASSERT_THAT(results, SizeIs(3));
    EXPECT_FALSE(results[0].ok());
    EXPECT_TRUE(results[1].ok()) << results[1].failure->message;
    EXPECT_FALSE(results[2].ok());
    EXPECT_EQ(results[1].workflow_id, histories[1].workflow_id());
}

TEST(Replayer, ATimerLeftOutIsNamed) {
    Replayer replayer;
    replayer.add<TimerLeftOut>();

    const ReplayResult result = replayer.replay(recorded("activity_then_timer.json"));

    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.failure->event_type, "TimerStarted");
    EXPECT_EQ(result.failure->expected, "a timer");
    EXPECT_EQ(result.failure->found, "the workflow's completion");
    EXPECT_THAT(result.failure->core_message, HasSubstr("TMPRL1100"));
    EXPECT_THROW(result.check(), NondeterminismError);
}

TEST(Replayer, ATimerInPlaceOfAnActivityIsNamed) {
    Replayer replayer;
    replayer.add<TimerFirst>();

    const ReplayResult result = replayer.replay(recorded("activity_then_timer.json"));

    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.failure->event_type, "ActivityTaskScheduled");
    EXPECT_EQ(result.failure->expected, "activity 'shout'");
    EXPECT_EQ(result.failure->found, "a timer");
}

TEST(Replayer, CodeThatThrowsFailsTheTaskAndSaysWhatItThrew) {
    Replayer replayer;
    replayer.add<Broken>();

    const ReplayResult result = replayer.replay(recorded("activity_then_timer.json"));

    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.failure->kind, ReplayFailure::Kind::kWorkflowTask);
    EXPECT_THAT(result.failure->message, HasSubstr("not today"));
    EXPECT_THROW(result.check(), Error);
}

TEST(Replayer, AHistoryThatIsCutOffReplaysAsFarAsItGoes) {
    auto document = nlohmann::json::parse(recorded("activity_then_timer.json").to_json());
    auto& events = document["events"];
    events.erase(events.begin() + 4, events.end());
    Replayer replayer;
    replayer.add<samples::ActivityThenTimer>();

    EXPECT_TRUE(replayer.replay(History::from_json(document.dump())).ok());
}

TEST(Replayer, AHistoryWithoutItsStartIsRefused) {
    auto document = nlohmann::json::parse(recorded("activity_then_timer.json").to_json());
    document["events"].erase(0);
    Replayer replayer;
    replayer.add<samples::ActivityThenTimer>();

    EXPECT_THROW((void)replayer.replay(History::from_json(document.dump())), Error);
}

TEST(Replayer, AWorkflowIsRegisteredOnce) {
    Replayer replayer;
    replayer.add<TimerFirst>();

    EXPECT_THROW(replayer.add<TimerLeftOut>(), std::invalid_argument);
}

}  // namespace
}  // namespace temporal::testing
