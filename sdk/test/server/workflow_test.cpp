// Workflows on a real server, with the cache on and with cache size 0, where every task replays the run from its start.

#include "replay/sample_workflows.hpp"
#include "support/dev_server.hpp"
#include "temporal/client.hpp"
#include "temporal/error.hpp"
#include "temporal/worker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cctype>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace temporal::samples {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kPatience = 30s;

test::DevServerEnvironment& kServer =
    test::DevServerEnvironment::add({.search_attributes = {"SampleStage=Keyword", "SampleDone=Int"}}
    );

class WorkflowOnServer : public ::testing::TestWithParam<std::uint32_t> {
protected:
    WorkflowOnServer() {
        worker_.add(shout, [](const std::string& text) {
            std::string loud = text;
            for (char& c : loud) {
                c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
            }
            return loud;
        });
        worker_.add(break_voice, [](const std::string&) -> std::string {
            throw ApplicationFailure("no voice left", {.type = "Hoarse"});
        });
        worker_.add(stammer, [](ActivityContext& ctx, const std::string& text) {
            if (ctx.info().attempt < 3) {
                throw ApplicationFailure("not yet");
            }
            return text;
        });
        worker_.add(hold_note, [](ActivityContext& ctx) {
            ctx.heartbeat_every(100ms);
            std::mutex mutex;
            std::unique_lock lock(mutex);
            std::condition_variable_any().wait(lock, ctx.stop_token(), [] { return false; });
            ctx.throw_if_canceled();
        });
        worker_.add<ActivityThenTimer>()
            .add<Account>()
            .add<Annotates>()
            .add<Inbox>(WorkflowObserver<Inbox>{
                .on_progress =
                    [this](const Inbox& inbox, const ProgressedWorkflow& progressed) {
                        const std::lock_guard lock(mutex_);
                        steps_.emplace_back(progressed.history_length, inbox.size());
                    },
                .on_closed =
                    [this](const Inbox& inbox, const ClosedWorkflow& closed) {
                        const std::lock_guard lock(mutex_);
                        ended_.emplace_back(
                            std::string(to_string(closed.status)) + " with " +
                            std::to_string(inbox.size())
                        );
                    }
            })
            .add<CleansUp>()
            .add<Countdown>()
            .add<Hasty>()
            .add<Hoarse>()
            .add<Locally>()
            .add<Patched>()
            .add<Race>()
            .add<RaceHere>();
        running_ = std::jthread([this](std::stop_token stop) { worker_.run(std::move(stop)); });
    }

    StartOptions options() const { return {.id = id_, .task_queue = queue_}; }

    /// With IW_RECORD_DIR set, the histories that the replay tests keep are written anew.
    void record(const std::string& name, const WorkflowHandle& handle) const {
        const char* folder = std::getenv("IW_RECORD_DIR");
        if (folder == nullptr || GetParam() == 0) {
            return;
        }
        std::ofstream(std::filesystem::path(folder) / (name + ".json"))
            << handle.fetch_history().to_json();
    }

    template <class Condition>
    static void wait_until(Condition holds) {
        const auto deadline = std::chrono::steady_clock::now() + kPatience;
        while (!holds()) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline);
            std::this_thread::yield();
        }
    }

    std::vector<std::string> warnings() {
        const std::lock_guard lock(mutex_);
        return warnings_;
    }

    std::vector<std::string> ended() {
        const std::lock_guard lock(mutex_);
        return ended_;
    }

    std::vector<std::pair<std::uint32_t, std::size_t>> steps() {
        const std::lock_guard lock(mutex_);
        return steps_;
    }

    std::mutex mutex_;
    std::vector<std::string> ended_;
    std::vector<std::pair<std::uint32_t, std::size_t>> steps_;  // History length and lines.
    std::vector<std::string> warnings_;
    const Client client_ = Client::connect({.address = kServer.server().address()});
    const std::string id_ = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    const std::string queue_ = "queue-of-" + id_;
    Worker worker_{
        client_,
        {.task_queue = queue_,
         .max_cached_workflows = GetParam(),
         .max_heartbeat_throttle = 100ms,
         .default_heartbeat_throttle = 100ms,
         .on_warning =
             [this](std::string_view message) {
                 const std::lock_guard lock(mutex_);
                 warnings_.emplace_back(message);
             }}
    };
    std::jthread running_;
};

INSTANTIATE_TEST_SUITE_P(
    CacheSize,
    WorkflowOnServer,
    ::testing::Values(0U, 1000U),
    [](const auto& info) { return info.param == 0 ? "Zero" : "Thousand"; }
);

TEST_P(WorkflowOnServer, RunsAnActivityAndATimer) {
    const auto handle = client_.start<ActivityThenTimer>("hello", options());

    EXPECT_EQ(handle.result({.timeout = kPatience}), "HELLO!");
    record("activity_then_timer", handle);
}

TEST_P(WorkflowOnServer, TakesSignalsInOrderAndAnswersQueries) {
    const auto handle = client_.start<Inbox>(options());
    handle.signal<&Inbox::say>("one");
    handle.signal<&Inbox::shout_it>("two");
    wait_until([&] { return handle.query<&Inbox::size>() == 2; });
    handle.signal<&Inbox::close>();

    EXPECT_THAT(handle.result({.timeout = kPatience}), ElementsAre("one", "TWO"));
    EXPECT_EQ(handle.query<&Inbox::size>(), 2U) << "a closed workflow answers, too";
    EXPECT_THAT(ended(), ElementsAre("Completed with 2")) << "told once, whatever is replayed";
    record("signals_and_conditions", handle);
}

TEST_P(WorkflowOnServer, TheObserverIsToldOfEveryStepOnceInTheOrderOfTheHistory) {
    const auto handle = client_.start<Inbox>(options());
    wait_until([&] { return steps().size() == 1; });
    handle.signal<&Inbox::say>("one");
    wait_until([&] { return handle.query<&Inbox::size>() == 1; });
    const auto so_far = steps();
    handle.signal<&Inbox::close>();
    handle.result({.timeout = kPatience});

    ASSERT_EQ(so_far.size(), 2U) << "a query is no step";
    EXPECT_EQ(so_far[0], std::pair(3U, std::size_t{0})) << "started, scheduled, the task began";
    EXPECT_GT(so_far[1].first, so_far[0].first);
    EXPECT_EQ(so_far[1].second, 1U);
    EXPECT_EQ(steps(), so_far) << "the end is told as such, and what is replayed is not told";
}

TEST_P(WorkflowOnServer, AMalformedSignalDoesNotStopIt) {
    const auto handle = client_.start<Inbox>(options());
    handle.signal("say", to_payloads(17));
    handle.signal<&Inbox::close>();

    EXPECT_THAT(handle.result({.timeout = kPatience}), ElementsAre());
}

TEST_P(WorkflowOnServer, ACancelReachesTheActivityAndTheWorkflowEndsCanceledWithItsDetails) {
    const auto handle = client_.start<CleansUp>(options());
    wait_until([&] { return handle.query<&CleansUp::holding>(); });
    handle.cancel("enough");

    try {
        handle.result({.timeout = kPatience});
        FAIL() << "it completed";
    } catch (const WorkflowFailed& failed) {
        const auto& canceled = dynamic_cast<const CanceledFailure&>(*failed.failure());
        EXPECT_EQ(from_payload<std::string>(canceled.details().at(0)), "CLEAN");
    }
    record("canceled_with_cleanup", handle);
}

TEST_P(WorkflowOnServer, TheResultIsThatOfTheLastContinuation) {
    const auto handle = client_.start<Countdown>(3, options());

    EXPECT_EQ(handle.result({.timeout = kPatience}), 42);
    EXPECT_NE(handle.first_run_id(), client_.handle(id_).describe().execution.run_id);
    record("continued_as_new", client_.handle(id_, handle.first_run_id()));
}

TEST_P(WorkflowOnServer, AFailedActivityArrivesAtTheClientWithTypeCauseAndRetries) {
    const auto handle = client_.start<Hoarse>(options());

    try {
        handle.result({.timeout = kPatience});
        FAIL() << "it completed";
    } catch (const WorkflowFailed& failed) {
        const auto& activity = dynamic_cast<const ActivityFailure&>(*failed.failure());
        EXPECT_EQ(activity.info().activity_type, "break_voice");
        EXPECT_EQ(activity.info().retry_state, RetryState::kMaximumAttemptsReached);
        const auto& cause = dynamic_cast<const ApplicationFailure&>(*activity.cause());
        EXPECT_EQ(cause.type(), "Hoarse");
        EXPECT_EQ(cause.message(), "no voice left");
    }
    record("activity_failed_for_good", handle);
}

TEST_P(WorkflowOnServer, LocalActivitiesLeaveMarkersAndTheirLongWaitsAreTimers) {
    const auto handle = client_.start<Locally>("hello", options());

    EXPECT_EQ(handle.result({.timeout = kPatience}), "HELLO");
    const std::string history = handle.fetch_history().to_json();
    EXPECT_EQ(history.find("ACTIVITY_TASK_SCHEDULED"), std::string::npos);
    EXPECT_NE(history.find("TIMER_FIRED"), std::string::npos);
    record("local_activities", handle);
}

TEST_P(WorkflowOnServer, ACancelReachesALocalActivity) {
    const auto handle = client_.start<RaceHere>(options());

    EXPECT_EQ(handle.result({.timeout = kPatience}), "FAST!");
    record("race_of_local_activities", handle);
}

TEST_P(WorkflowOnServer, AChangeIsThereOnEveryReplay) {
    const auto handle = client_.start<Patched>("hello", options());

    EXPECT_EQ(handle.result({.timeout = kPatience}), "HELLO");
    record("patched", handle);
}

TEST_P(WorkflowOnServer, UpdatesAreAcceptedRefusedAndAnswered) {
    // Sent before any task of the run is done, so that it comes with the first.
    const auto handle = client_.start<Account>(options());
    const UpdateOptions patient{.timeout = kPatience};
    EXPECT_EQ(handle.update<&Account::pay>(patient, 30), 70);

    const std::size_t before = handle.fetch_history().event_count();
    try {
        (void)handle.update<&Account::pay>(patient, 71);
        FAIL() << "it was accepted";
    } catch (const UpdateFailed& failed) {
        EXPECT_EQ(dynamic_cast<const ApplicationFailure&>(*failed.failure()).type(), "Overdrawn");
    }
    if (GetParam() != 0) {
        EXPECT_EQ(handle.fetch_history().event_count(), before) << "refused, it leaves no trace";
    }
    EXPECT_THROW((void)handle.update<int>("withdraw", {}, patient), UpdateFailed);

    const auto started =
        handle.start_update<&Account::pay>({.timeout = kPatience, .id = "last"}, 70);
    EXPECT_EQ(started.id(), "last");
    EXPECT_EQ(started.result({.timeout = kPatience}), 0);
    EXPECT_EQ(handle.update<&Account::pay>({.timeout = kPatience, .id = "last"}, 70), 0)
        << "the same id is the same update";
    handle.update<&Account::close>(patient);
    EXPECT_EQ(handle.result({.timeout = kPatience}), 0);
    record("updates", handle);
}

TEST_P(WorkflowOnServer, ARunThatEndsBeforeItsHandlersIsWarnedOfAndTheUpdateFails) {
    const auto handle = client_.start<Hasty>(options());
    const auto started = handle.start_update<&Hasty::linger>({.timeout = kPatience, .id = "u-1"});
    handle.signal<&Hasty::leave>();

    handle.result({.timeout = kPatience});

    EXPECT_THROW(started.result({.timeout = kPatience}), UpdateFailed);
    wait_until([&] { return !warnings().empty(); });
    EXPECT_THAT(
        warnings(), Contains(HasSubstr("update 'linger' (u-1); wait for ctx.all_handlers"))
    );
}

TEST_P(WorkflowOnServer, WhatItUpsertsIsWithTheWorkflowAndInTheList) {
    const auto handle = client_.start<Annotates>(options());

    EXPECT_EQ(handle.result({.timeout = kPatience}), "1 NOTE");
    const WorkflowExecution execution = handle.describe().execution;
    EXPECT_EQ(execution.search_attributes.get(Annotates::kDone), 1);
    EXPECT_EQ(execution.search_attributes.get(Annotates::kStage), std::nullopt);
    EXPECT_EQ(from_payload<std::string>(execution.memo.at("note")), "NOTE");
    EXPECT_FALSE(execution.memo.contains("gone"));
    const auto metadata = handle.query<nlohmann::json>("__temporal_workflow_metadata");
    EXPECT_EQ(metadata.at("definition").at("type"), "Annotates");
    EXPECT_EQ(metadata.at("currentDetails"), "shouted **NOTE**");
    EXPECT_EQ(handle.query<std::string>("__stack_trace"), "waits for nothing\n");
    const std::string run = "SampleDone = 1 AND WorkflowId = '" + id_ + "'";
    wait_until([&] { return client_.count(run) == 1; });
    record("annotated", handle);
}

TEST_P(WorkflowOnServer, TheLoserOfARaceIsCanceled) {
    const auto handle = client_.start<Race>(options());

    EXPECT_EQ(handle.result({.timeout = kPatience}), "FAST");
    record("race_with_scope", handle);
}

TEST_P(WorkflowOnServer, AnUnknownWorkflowTypeWaitsForAWorkerThatKnowsIt) {
    const auto handle = client_.start("NoSuchWorkflow", {}, options());
    wait_until([&] {
        const std::string history = handle.fetch_history().to_json();
        return history.find("NoSuchWorkflow' is not registered") != std::string::npos;
    });

    EXPECT_EQ(handle.describe().execution.status, WorkflowStatus::kRunning);
    handle.terminate("test over");
}

}  // namespace
}  // namespace temporal::samples
