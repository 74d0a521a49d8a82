// Activities on a real server: retries, timeouts, cancels and what happens to them when their
// worker goes.

#include "running_worker.hpp"
#include "support/dev_server.hpp"
#include "temporal/client.hpp"
#include "temporal/error.hpp"
#include "temporal/worker.hpp"
#include "wait.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>

namespace temporal::worker {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using testing::HasSubstr;

// Before main, so that googletest starts it.
test::DevServerEnvironment& server = test::DevServerEnvironment::add();

/// How the workflow calls its activity.
struct Call {
    std::string activity;
    int start_to_close_ms = 30'000;
    int heartbeat_ms = 0;
    int attempts = 1;
};
void to_json(nlohmann::json& json, const Call& call) {
    json = {
        {"activity", call.activity},
        {"start_to_close_ms", call.start_to_close_ms},
        {"heartbeat_ms", call.heartbeat_ms},
        {"attempts", call.attempts}
    };
}
void from_json(const nlohmann::json& json, Call& call) {
    json.at("activity").get_to(call.activity);
    json.at("start_to_close_ms").get_to(call.start_to_close_ms);
    json.at("heartbeat_ms").get_to(call.heartbeat_ms);
    json.at("attempts").get_to(call.attempts);
}

ActivityOptions options_of(const Call& call) {
    ActivityOptions options{
        .start_to_close = std::chrono::milliseconds{call.start_to_close_ms},
        .retry = RetryPolicy{.initial_interval = 10ms, .maximum_attempts = call.attempts},
        // A workflow that ends at once leaves the server nothing to tell the activity of.
        .cancellation = ActivityCancellationType::kWaitCancellationCompleted
    };
    if (call.heartbeat_ms > 0) {
        options.heartbeat = std::chrono::milliseconds{call.heartbeat_ms};
    }
    return options;
}

struct CallActivity {
    Task<int> run(WorkflowContext ctx, Call call) {
        const Activity<int()> activity{call.activity.c_str()};
        const ActivityOptions options = options_of(call);
        co_return co_await activity(ctx, options);
    }
    static constexpr auto definition = workflow<&CallActivity::run>("CallActivity");
};

inline constexpr Activity<int()> act{"act"};
inline constexpr Activity<int()> silent{"silent"};
inline constexpr Activity<int()> release{"release"};

/// One activity beats by the worker's timer, one is silent. Once the silent one has timed out, the
/// other is let go.
struct OutlivesItsHeartbeatTimeout {
    Task<int> run(WorkflowContext ctx) {
        const Call beating_call{.activity = "act", .heartbeat_ms = 1000};
        const ActivityOptions options = options_of(beating_call);
        const auto beating = act(ctx, options);
        const auto quiet = silent(ctx, options);
        try {
            (void)co_await quiet;
        } catch (const ActivityFailure&) {
            // Expected: nobody beats for it.
        }
        (void)co_await release(ctx, options);
        co_return co_await beating;
    }
    static constexpr auto definition =
        workflow<&OutlivesItsHeartbeatTimeout::run>("OutlivesItsHeartbeatTimeout");
};

/// Holds a thread until the attempt is asked to stop; gives why.
std::optional<ActivityCancelReason> wait_until_stopped(const ActivityContext& context) {
    Gate stopped;
    const std::stop_callback on_stop(context.stop_token(), [&] { stopped.open(); });
    EXPECT_TRUE(stopped.wait());
    return context.cancel_reason();
}

class ActivityOnServer : public testing::Test {
protected:
    /// A worker of the test's queue, on which workflows are served, too.
    std::unique_ptr<Worker> make_worker(Duration drain_grace = 0s) {
        auto worker = std::make_unique<Worker>(
            client_,
            WorkerOptions{
                .task_queue = queue_,
                .sticky_timeout = 1s,
                .max_heartbeat_throttle = 100ms,
                .default_heartbeat_throttle = 100ms,
                .drain_grace = drain_grace
            }
        );
        worker->add<CallActivity>().add<OutlivesItsHeartbeatTimeout>();
        return worker;
    }

    TypedWorkflowHandle<int> start(const Call& call) {
        return client_.start<CallActivity>(call, {.id = queue_, .task_queue = queue_});
    }

    /// The cause of the failed activity of a failed workflow.
    template <class F>
    static F cause_of(const TypedWorkflowHandle<int>& handle) {
        try {
            handle.result({.timeout = kPatience});
        } catch (const WorkflowFailed& failed) {
            return dynamic_cast<const F&>(*failed.failure()->cause());
        }
        throw std::runtime_error("the workflow completed");
    }

    Client client_ = Client::connect({.address = server.server().address()});
    const std::string queue_ = testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(ActivityOnServer, ASecondAttemptGoesOnWhereTheFirstLeftOff) {
    const auto worker = make_worker();
    worker->add(act, [](ActivityContext& context) {
        if (context.attempt() == 1) {
            context.heartbeat(41);
            throw std::runtime_error("broken");
        }
        return context.heartbeat_details<int>().value_or(-1) + 1;
    });
    const RunningWorker running(*worker);

    const auto handle = start({.activity = "act", .attempts = 2});

    EXPECT_EQ(handle.result({.timeout = kPatience}), 42);
}

TEST_F(ActivityOnServer, ASilentActivityTimesOutAndWhatItReportedIsKept) {
    Gate over;
    const auto worker = make_worker();
    worker->add(act, [&](ActivityContext& context) {
        context.heartbeat(5);
        EXPECT_TRUE(over.wait());
        return 0;
    });
    RunningWorker running(*worker);

    const auto failure = cause_of<TimeoutFailure>(start({.activity = "act", .heartbeat_ms = 1000}));

    EXPECT_EQ(failure.type(), TimeoutType::kHeartbeat);
    EXPECT_EQ(failure.last_heartbeat_details(), to_payloads(5));
    over.open();
    running.request_stop();
    EXPECT_TRUE(running.wait());
}

TEST_F(ActivityOnServer, RepeatedHeartbeatsKeepACallAliveThatWaitsForAnEngine) {
    std::optional<Completion<int>> call;
    Gate over;
    const auto worker = make_worker();
    worker->add(act, [&](ActivityContext context, Completion<int> done) {
        context.heartbeat_every(200ms);
        call.emplace(std::move(done));
    });
    worker->add(silent, [&] {
        EXPECT_TRUE(over.wait());
        return 0;
    });
    worker->add(release, [&] { return call->complete(7) ? 1 : 0; });
    RunningWorker running(*worker);

    const auto handle =
        client_.start<OutlivesItsHeartbeatTimeout>({.id = queue_, .task_queue = queue_});

    EXPECT_EQ(handle.result({.timeout = kPatience}), 7);
    over.open();
    running.request_stop();
    EXPECT_TRUE(running.wait());
}

TEST_F(ActivityOnServer, AnActivityThatTakesTooLongIsToldSoAndFailsAsTimedOut) {
    std::promise<std::optional<ActivityCancelReason>> reason;
    const auto worker = make_worker();
    worker->add(act, [&](ActivityContext& context) {
        reason.set_value(wait_until_stopped(context));
        context.throw_if_canceled();
        return 0;
    });
    const RunningWorker running(*worker);

    const auto failure =
        cause_of<TimeoutFailure>(start({.activity = "act", .start_to_close_ms = 500}));

    EXPECT_EQ(failure.type(), TimeoutType::kStartToClose);
    // Core's own clock runs 5 s longer than the server's.
    EXPECT_EQ(reason.get_future().get(), ActivityCancelReason::kTimedOut);
}

TEST_F(ActivityOnServer, ACancelOfTheWorkflowReachesTheStopToken) {
    Gate running_activity;
    std::promise<std::optional<ActivityCancelReason>> reason;
    const auto worker = make_worker();
    worker->add(act, [&](ActivityContext& context) {
        context.heartbeat_every(50ms);
        running_activity.open();
        reason.set_value(wait_until_stopped(context));
        context.throw_if_canceled();
        return 0;
    });
    const RunningWorker running(*worker);
    const auto handle = start({.activity = "act", .heartbeat_ms = 10'000});
    ASSERT_TRUE(running_activity.wait());

    handle.cancel();

    EXPECT_EQ(reason.get_future().get(), ActivityCancelReason::kCanceled);
    EXPECT_THROW(handle.result({.timeout = kPatience}), WorkflowFailed);
}

TEST_F(ActivityOnServer, ADrainLetsAnActivityFinishInItsGrace) {
    Gate running_activity;
    const auto worker = make_worker(20s);
    worker->add(act, [&](ActivityContext& context) {
        Gate shutting_down;
        const std::stop_callback on_stop(context.worker_shutting_down(), [&] {
            shutting_down.open();
        });
        running_activity.open();
        EXPECT_TRUE(shutting_down.wait());
        return context.attempt();
    });
    RunningWorker running(*worker);
    const auto handle = start({.activity = "act", .attempts = 3});
    ASSERT_TRUE(running_activity.wait());

    running.request_stop();

    EXPECT_TRUE(running.wait());
    const auto next = make_worker();
    next->add(act, [](ActivityContext& context) { return context.attempt(); });
    const RunningWorker running_next(*next);
    EXPECT_EQ(handle.result({.timeout = kPatience}), 1);
}

/// What the first worker's activity does about its cancel.
class ActivityOnServerThatLosesItsWorker : public ActivityOnServer,
                                           public testing::WithParamInterface<bool> {};

INSTANTIATE_TEST_SUITE_P(
    Activity,
    ActivityOnServerThatLosesItsWorker,
    testing::Values(true, false),
    [](const auto& info) { return info.param ? "AgreesToStop" : "Hangs"; }
);

TEST_P(ActivityOnServerThatLosesItsWorker, RunsAgainOnTheNextOneAtOnce) {
    const auto running_activity = std::make_shared<Gate>();
    const auto over = std::make_shared<Gate>();
    auto worker = make_worker();
    worker->add(act, [=, agrees = GetParam()](ActivityContext& context) {
        running_activity->open();
        if (!agrees) {
            over->wait();
        }
        EXPECT_EQ(wait_until_stopped(context), ActivityCancelReason::kWorkerShutdown);
        context.throw_if_canceled();
        return -1;
    });
    RunningWorker running(*worker);
    const auto handle = start({.activity = "act", .heartbeat_ms = 600'000, .attempts = 3});
    ASSERT_TRUE(running_activity->wait());

    running.request_stop();

    EXPECT_TRUE(running.wait(5s));
    worker.reset();
    const auto next = make_worker();
    next->add(act, [](ActivityContext& context) { return context.attempt(); });
    const RunningWorker running_next(*next);
    EXPECT_EQ(handle.result({.timeout = kPatience}), 2);
    over->open();
}

TEST_F(ActivityOnServer, AnActivityThatTheWorkerDoesNotKnowNamesWhatItKnows) {
    const auto worker = make_worker();
    worker->add(act, [] { return 0; });
    const RunningWorker running(*worker);

    const auto failure = cause_of<ApplicationFailure>(start({.activity = "atc"}));

    EXPECT_EQ(failure.type(), "NotFoundError");
    EXPECT_THAT(failure.message(), HasSubstr("'atc' is not registered"));
    EXPECT_THAT(failure.message(), HasSubstr("it has: act"));
}

TEST_F(ActivityOnServer, AWorkerOfANamespaceThatDoesNotExistSaysSo) {
    const std::string address = server.server().address();
    const Client client = Client::connect({.address = address, .namespace_name = "nowhere"});
    Worker worker(client, {.task_queue = queue_});
    worker.add(act, [] { return 0; });

    try {
        worker.run({});
        FAIL() << "it ran";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("namespace 'nowhere' at " + address));
    }
}

}  // namespace
}  // namespace temporal::worker
