#include "temporal/worker.hpp"

#include "activity_messages.hpp"
#include "running_worker.hpp"
#include "scripted_core/scripted_core.hpp"
#include "temporal/client.hpp"
#include "temporal/error.hpp"
#include "wait.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace temporal::worker {
namespace {

using scripted::Kind;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using Result = coresdk::activity_result::ActivityExecutionResult;

inline constexpr Activity<int(int)> double_it{"double"};
inline constexpr Activity<void()> work{"work"};

/// A cancel, as a blocking activity waits for it.
void wait_for_cancel(const ActivityContext& context) {
    Gate stopped;
    const std::stop_callback on_stop(context.stop_token(), [&] { stopped.open(); });
    EXPECT_TRUE(stopped.wait());
}

class WorkerTest : public testing::Test {
protected:
    ~WorkerTest() override { EXPECT_THAT(script_.violations(), IsEmpty()); }

    WorkerOptions options() {
        return {.task_queue = "queue", .on_warning = [this](std::string_view message) {
                    const std::lock_guard lock(mutex_);
                    warnings_.emplace_back(message);
                }};
    }

    std::vector<std::string> warnings() {
        const std::lock_guard lock(mutex_);
        return warnings_;
    }

    /// Core at the end of a grace period.
    void cancel_after_shutdown(const std::string& token) {
        ASSERT_TRUE(script_.wait_until_shutdown_is_asked_for());
        script_.deliver_activity_task(cancel_message(token, coresdk::activity_task::WORKER_SHUTDOWN)
        );
    }

    std::mutex mutex_;
    std::vector<std::string> warnings_;
    scripted::ScriptedCore core_;
    scripted::ScriptedWorker& script_ = core_.worker("queue");
    Client client_ = Client::connect({.address = "127.0.0.1:7233", .namespace_name = "shop"});
    Worker worker_{client_, options()};
};

TEST_F(WorkerTest, RunsAnActivityAndReportsItsResult) {
    worker_.add(double_it, [](int value) { return 2 * value; });
    RunningWorker running(worker_);
    script_.deliver_activity_task(start_message("a", "double", 21));

    const Result result = result_in(script_.next_activity_completion());

    EXPECT_EQ(result.completed().result().data(), "42");
    running.request_stop();
    EXPECT_TRUE(running.wait());
    EXPECT_TRUE(script_.wait_until_finalized());
}

TEST_F(WorkerTest, AFailureIsReportedWithItsType) {
    worker_.add(work, [] { throw std::runtime_error("disk full"); });
    const RunningWorker running(worker_);
    script_.deliver_activity_task(start_message("a", "work"));

    const Result result = result_in(script_.next_activity_completion());

    EXPECT_EQ(result.failed().failure().message(), "disk full");
    EXPECT_EQ(result.failed().failure().application_failure_info().type(), "std::runtime_error");
    EXPECT_FALSE(result.failed().failure().application_failure_info().non_retryable());
}

TEST_F(WorkerTest, ACancelThatTheActivityAgreesToIsReportedAsCanceled) {
    worker_.add(work, [](ActivityContext& context) {
        wait_for_cancel(context);
        EXPECT_EQ(context.cancel_reason(), ActivityCancelReason::kCanceled);
        context.throw_if_canceled();
    });
    const RunningWorker running(worker_);
    script_.deliver_activity_task(start_message("a", "work"));
    script_.deliver_activity_task(cancel_message("a", coresdk::activity_task::CANCELLED));

    const Result result = result_in(script_.next_activity_completion());

    EXPECT_TRUE(result.cancelled().failure().has_canceled_failure_info());
}

TEST_F(WorkerTest, HeartbeatsCarryTheTokenAndTheDetails) {
    worker_.add(work, [](ActivityContext& context) { context.heartbeat("half", 50); });
    const RunningWorker running(worker_);
    script_.deliver_activity_task(start_message("a", "work"));

    coresdk::ActivityHeartbeat heartbeat;
    heartbeat.ParseFromString(script_.next_heartbeat().value_or(""));

    EXPECT_EQ(heartbeat.task_token(), "a");
    ASSERT_EQ(heartbeat.details_size(), 2);
    EXPECT_EQ(heartbeat.details(0).data(), "\"half\"");
    EXPECT_EQ(heartbeat.details(1).data(), "50");
}

TEST_F(WorkerTest, ARefusedHeartbeatDoesNotFailTheActivity) {
    script_.fail_heartbeats("no such task");
    worker_.add(work, [](ActivityContext& context) { context.heartbeat(); });
    const RunningWorker running(worker_);
    script_.deliver_activity_task(start_message("a", "work"));

    EXPECT_TRUE(result_in(script_.next_activity_completion()).has_completed());
    EXPECT_THAT(warnings(), Contains(HasSubstr("no such task")));
}

TEST_F(WorkerTest, ADrainLetsRunningActivitiesFinish) {
    Worker patient(client_, [&] {
        WorkerOptions patient_options = options();
        patient_options.drain_grace = 1h;
        return patient_options;
    }());
    patient.add(work, [](ActivityContext& context) {
        Gate shutting_down;
        const std::stop_callback on_stop(context.worker_shutting_down(), [&] {
            shutting_down.open();
        });
        EXPECT_TRUE(shutting_down.wait());
        EXPECT_FALSE(context.stop_token().stop_requested());
    });
    RunningWorker running(patient);
    script_.deliver_activity_task(start_message("a", "work"));
    ASSERT_TRUE(script_.wait_until_started());

    running.request_stop();

    EXPECT_TRUE(result_in(script_.next_activity_completion()).has_completed());
    EXPECT_TRUE(running.wait());
    EXPECT_THAT(warnings(), IsEmpty());
}

TEST_F(WorkerTest, AnActivityThatAgreesToTheShutdownIsReportedAsCanceled) {
    worker_.add(work, [](ActivityContext& context) {
        wait_for_cancel(context);
        EXPECT_EQ(context.cancel_reason(), ActivityCancelReason::kWorkerShutdown);
        context.throw_if_canceled();
    });
    RunningWorker running(worker_);
    script_.deliver_activity_task(start_message("a", "work"));
    ASSERT_TRUE(script_.wait_until_started());

    running.request_stop();
    cancel_after_shutdown("a");

    EXPECT_TRUE(result_in(script_.next_activity_completion()).has_cancelled());
    EXPECT_TRUE(running.wait());
    EXPECT_THAT(warnings(), IsEmpty());
}

TEST_F(WorkerTest, AHungActivityDoesNotKeepTheWorkerFromEnding) {
    const auto release = std::make_shared<Gate>();
    const auto ended = std::make_shared<Gate>();
    worker_.add(work, [=] {
        release->wait();
        ended->open();
    });
    RunningWorker running(worker_);
    script_.deliver_activity_task(start_message("a", "work"));
    ASSERT_TRUE(script_.wait_until_started());

    running.request_stop();
    cancel_after_shutdown("a");

    EXPECT_TRUE(running.wait(5s));
    EXPECT_TRUE(result_in(script_.next_activity_completion()).has_cancelled());
    EXPECT_TRUE(script_.wait_until_finalized());
    EXPECT_THAT(warnings(), Contains(HasSubstr("'work' ignored its cancel")));
    release->open();
    EXPECT_TRUE(ended->wait());
}

TEST_F(WorkerTest, AnAsynchronousActivityMayEndDuringTheDrain) {
    std::mutex mutex;
    std::optional<Completion<int>> in_flight;
    Gate started;
    worker_.add(double_it, [&](ActivityContext, int, Completion<int> done) {
        const std::lock_guard lock(mutex);
        in_flight.emplace(std::move(done));
        started.open();
    });
    RunningWorker running(worker_);
    script_.deliver_activity_task(start_message("a", "double", 1));
    ASSERT_TRUE(started.wait());

    running.request_stop();
    ASSERT_TRUE(script_.wait_until_shutdown_is_asked_for());
    in_flight->complete(2);

    EXPECT_TRUE(running.wait());
    EXPECT_EQ(result_in(script_.next_activity_completion()).completed().result().data(), "2");
    EXPECT_FALSE(in_flight->complete(3));
}

TEST_F(WorkerTest, ACompletionMayOutliveItsWorker) {
    std::optional<Completion<int>> in_flight;
    Gate started;
    {
        Worker short_lived(client_, options());
        short_lived.add(double_it, [&](ActivityContext, int, Completion<int> done) {
            in_flight.emplace(std::move(done));
            started.open();
        });
        RunningWorker running(short_lived);
        script_.deliver_activity_task(start_message("a", "double", 1));
        ASSERT_TRUE(started.wait());
        running.request_stop();
        EXPECT_TRUE(running.wait());
    }

    EXPECT_FALSE(in_flight->complete(2));
    EXPECT_TRUE(result_in(script_.next_activity_completion()).has_cancelled());
}

TEST_F(WorkerTest, ARefusedNamespaceIsNamedWithTheNextStep) {
    script_.fail_validation("namespace shop not found");
    worker_.add(work, [] {});

    try {
        worker_.run({});
        FAIL() << "the worker ran";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("queue 'queue'"));
        EXPECT_THAT(error.what(), HasSubstr("namespace 'shop' at 127.0.0.1:7233"));
        EXPECT_THAT(error.what(), HasSubstr("namespace shop not found"));
        EXPECT_THAT(error.what(), HasSubstr("temporal operator namespace list"));
    }
}

TEST_F(WorkerTest, AServerThatServesNoLongerIsAnError) {
    worker_.add(work, [] {});
    RunningWorker running(worker_);
    ASSERT_TRUE(script_.wait_until_started());

    script_.deliver_poll_error(Kind::kActivity, "permission denied");
    script_.shut_down();

    try {
        running.wait();
        FAIL() << "the worker ended as if it had been asked to";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("can poll no longer: permission denied"));
    }
    EXPECT_TRUE(script_.wait_until_finalized());
}

TEST_F(WorkerTest, APollErrorAloneDoesNotEndTheWorker) {
    worker_.add(double_it, [](int value) { return value; });
    RunningWorker running(worker_);
    script_.deliver_poll_error(Kind::kActivity, "connection reset");
    script_.deliver_activity_task(start_message("a", "double", 5));

    EXPECT_TRUE(result_in(script_.next_activity_completion()).has_completed());
    running.request_stop();
    EXPECT_TRUE(running.wait());
    EXPECT_THAT(warnings(), Contains(HasSubstr("connection reset")));
}

TEST_F(WorkerTest, OnlyWhatIsRegisteredIsPolled) {
    worker_.add(work, [] {});
    const RunningWorker running(worker_);
    ASSERT_TRUE(script_.wait_until_started());

    const auto options = nlohmann::json::parse(script_.options());

    EXPECT_EQ(options.at("enable_workflows"), false);
    EXPECT_EQ(options.at("enable_remote_activities"), true);
    EXPECT_EQ(options.at("namespace"), "shop");
    EXPECT_EQ(options.at("identity"), client_.identity());
}

TEST_F(WorkerTest, PollingIsTrueBetweenTheStartAndTheStop) {
    Gate started;
    worker_.add(work, [&] { started.open(); });
    EXPECT_FALSE(worker_.polling());
    RunningWorker running(worker_);
    script_.deliver_activity_task(start_message("a", "work"));
    ASSERT_TRUE(started.wait());

    running.request_stop();
    EXPECT_TRUE(running.wait());

    EXPECT_FALSE(worker_.polling());
    EXPECT_EQ(worker_.running_activities(), 0U);
}

TEST_F(WorkerTest, AWorkerWithNothingToServeIsRefused) {
    EXPECT_THROW(worker_.run({}), std::logic_error);
}

TEST_F(WorkerTest, AnActivityIsRegisteredOnce) {
    worker_.add(work, [] {});

    EXPECT_THROW(worker_.add(work, [] {}), std::invalid_argument);
}

}  // namespace
}  // namespace temporal::worker
