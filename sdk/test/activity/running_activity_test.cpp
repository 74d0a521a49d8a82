#include "activity/running_activity.hpp"

#include "recording_host.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <stop_token>

namespace temporal::activity {
namespace {

using std::chrono_literals::operator""s;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

detail::ActivityType asynchronous(
    std::function<void(ActivityContext, const Payloads&, detail::AnyCompletion)> run
) {
    return {.name = "infer", .asynchronous = true, .run = std::move(run)};
}

class RunningActivityTest : public testing::Test {
protected:
    std::shared_ptr<RecordingHost> host_ = std::make_shared<RecordingHost>();
    std::shared_ptr<RunningActivity> running_ = make_running(host_);
};

TEST_F(RunningActivityTest, ReportsTheFirstEndAndRefusesLaterOnes) {
    EXPECT_TRUE(running_->complete(to_payload(1)));
    EXPECT_FALSE(running_->complete(to_payload(2)));
    EXPECT_FALSE(running_->fail(std::make_exception_ptr(std::runtime_error("late"))));
    EXPECT_FALSE(running_->abandon());

    ASSERT_THAT(host_->reports(), SizeIs(1));
    EXPECT_EQ(std::get<Completed>(host_->reports()[0]).result, to_payload(1));
}

TEST_F(RunningActivityTest, AnExceptionOfTheFunctionFailsTheAttempt) {
    running_->run(
        asynchronous([](ActivityContext, const Payloads&, detail::AnyCompletion) {
            throw std::runtime_error("no route to engine");
        }),
        {}
    );

    ASSERT_THAT(host_->reports(), SizeIs(1));
    EXPECT_EQ(application_failure(host_->reports()[0])->message(), "no route to engine");
}

TEST_F(RunningActivityTest, ADroppedCompletionFailsTheAttemptAndSaysSo) {
    running_->run(asynchronous([](ActivityContext, const Payloads&, detail::AnyCompletion) {}), {});

    ASSERT_THAT(host_->reports(), SizeIs(1));
    EXPECT_THAT(
        application_failure(host_->reports()[0])->message(),
        HasSubstr("'infer' dropped its completion")
    );
}

TEST_F(RunningActivityTest, ACompletionMayOutliveTheFunctionAndIsThenStillMissed) {
    std::unique_ptr<detail::AnyCompletion> kept;
    running_->run(
        asynchronous([&](ActivityContext, const Payloads&, detail::AnyCompletion completion) {
            kept = std::make_unique<detail::AnyCompletion>(std::move(completion));
        }),
        {}
    );
    EXPECT_THAT(host_->reports(), IsEmpty());

    kept.reset();

    ASSERT_THAT(host_->reports(), SizeIs(1));
    EXPECT_EQ(application_failure(host_->reports()[0])->type(), "DroppedCompletion");
}

TEST_F(RunningActivityTest, AssigningOverACompletionDropsIt) {
    std::unique_ptr<detail::AnyCompletion> kept;
    running_->run(
        asynchronous([&](ActivityContext, const Payloads&, detail::AnyCompletion completion) {
            kept = std::make_unique<detail::AnyCompletion>(std::move(completion));
        }),
        {}
    );
    const auto other = make_running(std::make_shared<RecordingHost>());

    *kept = detail::AnyCompletion(other);

    EXPECT_THAT(host_->reports(), SizeIs(1));
}

TEST_F(RunningActivityTest, ACancelFiresTheStopTokenAndGivesItsReason) {
    bool called = false;
    const std::stop_callback on_stop(running_->stop_token(), [&] { called = true; });

    running_->request_cancel(CancelReason::kTimedOut);

    EXPECT_TRUE(called);
    EXPECT_EQ(running_->cancel_reason(), CancelReason::kTimedOut);
}

TEST_F(RunningActivityTest, AStopCallbackMayEndTheAttempt) {
    const std::stop_callback on_stop(running_->stop_token(), [&] {
        running_->fail(std::make_exception_ptr(CanceledFailure()));
    });

    running_->request_cancel(CancelReason::kCanceled);

    ASSERT_THAT(host_->reports(), SizeIs(1));
    EXPECT_TRUE(std::holds_alternative<Canceled>(host_->reports()[0]));
}

TEST_F(RunningActivityTest, AnAbandonedAttemptIsReportedAsStopped) {
    EXPECT_TRUE(running_->abandon());

    ASSERT_THAT(host_->reports(), SizeIs(1));
    EXPECT_TRUE(std::holds_alternative<Canceled>(host_->reports()[0]));
}

TEST_F(RunningActivityTest, AnAttemptThatWasAbandonedBeforeItGotAThreadDoesNotRun) {
    bool ran = false;
    running_->abandon();

    running_->run(asynchronous([&](auto&&...) { ran = true; }), {});

    EXPECT_FALSE(ran);
    EXPECT_THAT(host_->reports(), SizeIs(1));
}

TEST_F(RunningActivityTest, ThereIsNoHeartbeatAfterTheEnd) {
    running_->heartbeat(to_payloads(1));
    running_->complete({});

    running_->heartbeat(to_payloads(2));
    running_->repeat_heartbeat();

    EXPECT_THAT(host_->heartbeats(), ElementsAre(to_payloads(1)));
}

TEST_F(RunningActivityTest, ARepeatedHeartbeatCarriesTheLatestDetails) {
    running_->heartbeat(to_payloads(1));
    running_->heartbeat(to_payloads(2));
    running_->repeat_heartbeat();

    EXPECT_THAT(host_->heartbeats(), ElementsAre(to_payloads(1), to_payloads(2), to_payloads(2)));
}

TEST_F(RunningActivityTest, ARepeatedHeartbeatDoesNotWipeOutWhatTheAttemptBeforeSaved) {
    const auto second = make_running(host_, to_payloads(41));

    second->repeat_heartbeat();

    EXPECT_THAT(host_->heartbeats(), ElementsAre(to_payloads(41)));
}

TEST_F(RunningActivityTest, RepeatingNeedsAnInterval) {
    EXPECT_THROW(running_->heartbeat_every(0s), std::invalid_argument);
    running_->heartbeat_every(3s);

    EXPECT_THAT(host_->intervals(), ElementsAre(Duration{3s}));
}

}  // namespace
}  // namespace temporal::activity
