#include "worker/core_events.hpp"

#include "wait.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stop_token>

namespace temporal::worker {
namespace {

using bridge::TaskKind;

CoreEvents::Deadline now() {
    return std::chrono::steady_clock::now();
}

TEST(CoreEvents, AllHaveStoppedOnceEveryKindHas) {
    CoreEvents events(/*workflows=*/true, /*activities=*/true);
    events.stopped(TaskKind::kActivity);
    EXPECT_FALSE(events.wait_until_all_stopped(now()));

    events.stopped(TaskKind::kWorkflow);

    EXPECT_TRUE(events.wait_until_all_stopped(now()));
}

TEST(CoreEvents, AKindThatIsNotPolledIsNotWaitedFor) {
    CoreEvents events(/*workflows=*/false, /*activities=*/true);

    events.stopped(TaskKind::kActivity);

    EXPECT_TRUE(events.wait_until_all_stopped(now()));
}

TEST(CoreEvents, AStopThatWasAskedForIsToldFromCoreStoppingByItself) {
    CoreEvents asked(/*workflows=*/true, /*activities=*/true);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_TRUE(asked.wait_for_stop(stop.get_token()));

    CoreEvents by_itself(/*workflows=*/true, /*activities=*/true);
    by_itself.poll_failed("namespace is gone");
    by_itself.stopped(TaskKind::kWorkflow);
    EXPECT_FALSE(by_itself.wait_for_stop(std::stop_source().get_token()));
    EXPECT_EQ(by_itself.last_poll_error(), "namespace is gone");
}

TEST(CoreEvents, FinalizedIsWaitedFor) {
    CoreEvents events(/*workflows=*/true, /*activities=*/true);
    EXPECT_FALSE(events.wait_until_finalized(now()));

    events.finalized();

    EXPECT_TRUE(events.wait_until_finalized(now()));
}

}  // namespace
}  // namespace temporal::worker
