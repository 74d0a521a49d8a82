#include "temporal/activity_context.hpp"

#include "recording_host.hpp"
#include "temporal/failure.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <tuple>

namespace temporal {
namespace {

using activity::make_running;
using activity::RecordingHost;
using testing::ElementsAre;

TEST(ActivityContext, TheFirstAttemptHasNoHeartbeatDetails) {
    const ActivityContext context(make_running(std::make_shared<RecordingHost>()));

    EXPECT_EQ(context.heartbeat_details<int>(), std::nullopt);
}

TEST(ActivityContext, ALaterAttemptReadsWhatTheOneBeforeReported) {
    const ActivityContext context(make_running(std::make_shared<RecordingHost>(), to_payloads(7)));

    EXPECT_EQ(context.heartbeat_details<int>(), std::optional(7));
}

TEST(ActivityContext, SeveralDetailsComeAsATuple) {
    const auto details = to_payloads(7, std::string("shard-3"));
    const ActivityContext context(make_running(std::make_shared<RecordingHost>(), details));

    const auto read = context.heartbeat_details<int, std::string>();

    EXPECT_EQ(read, std::optional(std::tuple(7, std::string("shard-3"))));
}

TEST(ActivityContext, DetailsOfAnotherShapeAreAConversionError) {
    const auto details = to_payloads(std::string("seven"));
    const ActivityContext context(make_running(std::make_shared<RecordingHost>(), details));

    EXPECT_THROW(static_cast<void>(context.heartbeat_details<int>()), ConversionError);
}

TEST(ActivityContext, HeartbeatsEncodeTheirDetails) {
    const auto host = std::make_shared<RecordingHost>();
    ActivityContext context(make_running(host));

    context.heartbeat();
    context.heartbeat("loading", 0.5);

    EXPECT_THAT(
        host->heartbeats(), ElementsAre(Payloads{}, to_payloads(std::string("loading"), 0.5))
    );
}

TEST(ActivityContext, ThrowIfCanceledThrowsOnlyOnceCanceled) {
    const auto running = make_running(std::make_shared<RecordingHost>());
    const ActivityContext context(running);

    EXPECT_NO_THROW(context.throw_if_canceled());
    EXPECT_EQ(context.cancel_reason(), std::nullopt);
    running->request_cancel(ActivityCancelReason::kCanceled);
    EXPECT_THROW(context.throw_if_canceled(), CanceledFailure);
    EXPECT_EQ(context.cancel_reason(), ActivityCancelReason::kCanceled);
}

TEST(ActivityContext, TheWorkersShutdownIsNoCancel) {
    const auto host = std::make_shared<RecordingHost>();
    const ActivityContext context(make_running(host));

    host->shutdown.request_stop();

    EXPECT_TRUE(context.worker_shutting_down().stop_requested());
    EXPECT_FALSE(context.stop_token().stop_requested());
}

}  // namespace
}  // namespace temporal
