// Which worker gets a task, and which task goes first, on a real server with fairness turned on.

#include "support/dev_server.hpp"
#include "temporal/client.hpp"
#include "temporal/worker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace temporal {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kPatience = 30s;

// One partition, so that the order of tasks is that of one queue.
test::DevServerEnvironment& kServer = test::DevServerEnvironment::add(
    {.dynamic_config =
         {"matching.enableFairness=true",
          "matching.numTaskqueueReadPartitions=1",
          "matching.numTaskqueueWritePartitions=1"}}
);

/// Gives the fairness keys of itself and of its activities: one that inherits, one with a priority of its own. Through the queue:
/// servers do not tell an activity its priority that is started eagerly.
struct TellsItsKeys {
    Task<std::vector<std::string>> run(WorkflowContext ctx) {
        std::vector<std::string> keys{ctx.info().priority.fairness_key};
        keys.push_back(co_await who_asks_(ctx, {.start_to_close = 10s, .disable_eager = true}));
        keys.push_back(co_await who_asks_(
            ctx,
            {.start_to_close = 10s,
             .priority = {.key = 2, .fairness_key = "its own"},
             .disable_eager = true}
        ));
        co_return keys;
    }
    static constexpr Activity<std::string()> who_asks_{"who_asks"};
    static constexpr auto definition = workflow<&TellsItsKeys::run>("TellsItsKeys");
};

struct Nothing {
    Task<void> run(WorkflowContext) { co_return; }
    static constexpr auto definition = workflow<&Nothing::run>("Nothing");
};

class Dispatch : public ::testing::Test {
protected:
    Dispatch() {
        worker_.add(TellsItsKeys::who_asks_, [](ActivityContext& ctx) {
            return ctx.info().priority.fairness_key;
        });
        worker_.add<TellsItsKeys>().add<Nothing>(
            [this](const Nothing&, const ClosedWorkflow& closed) {
                const std::lock_guard lock(mutex_);
                ended_.push_back(closed.info.workflow_id);
            }
        );
    }

    void run_worker() {
        running_ = std::jthread([this](std::stop_token stop) { worker_.run(std::move(stop)); });
    }

    void wait_until_polling() const {
        const auto deadline = std::chrono::steady_clock::now() + kPatience;
        while (client_.describe_task_queue(queue_, TaskQueueKind::kWorkflow).pollers.empty()) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline);
        }
    }

    StartOptions options(const std::string& id) const { return {.id = id, .task_queue = queue_}; }

    std::mutex mutex_;
    std::vector<std::string> ended_;
    const Client client_ = Client::connect({.address = kServer.server().address()});
    const std::string queue_ = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    // Few at a time, or the order in which tasks come would not be seen; polls hold some of these slots.
    Worker worker_{
        client_, {.task_queue = queue_, .max_concurrent_workflow_tasks = 4, .workflow_pollers = 2}
    };
    std::jthread running_;
};

TEST_F(Dispatch, AnEagerStartReachesTheWorkerOfTheSameClient) {
    run_worker();
    wait_until_polling();
    StartOptions eager = options("eager");
    eager.request_eager_start = true;
    const auto handle = client_.start<Nothing>(eager);
    handle.result({.timeout = kPatience});

    EXPECT_THAT(handle.fetch_history().to_json(), HasSubstr("\"eagerExecutionAccepted\": true"));
}

TEST_F(Dispatch, AnEagerStartWithoutAWorkerHereWaitsInTheQueueAsAnyOther) {
    StartOptions eager = options("not-so-eager");
    eager.request_eager_start = true;
    const auto handle = client_.start<Nothing>(eager);
    run_worker();
    handle.result({.timeout = kPatience});

    EXPECT_THAT(handle.fetch_history().to_json(), Not(HasSubstr("eagerExecutionAccepted")));
}

TEST_F(Dispatch, ActivitiesInheritThePriorityOfTheirWorkflowUnlessTheyHaveOne) {
    run_worker();
    StartOptions keyed = options("keyed");
    keyed.priority.fairness_key = "acme";
    const auto handle = client_.start<TellsItsKeys>(keyed);

    EXPECT_EQ(
        handle.result({.timeout = kPatience}), (std::vector<std::string>{"acme", "acme", "its own"})
    );
}

TEST_F(Dispatch, ABacklogOfOneFairnessKeyDoesNotKeepAnotherWaiting) {
    std::vector<WorkflowHandle> handles;
    const auto start = [&](const std::string& id, const std::string& key) {
        StartOptions keyed = options(id);
        keyed.priority.fairness_key = key;
        handles.push_back(client_.start<Nothing>(keyed));
    };
    for (int i = 0; i < 30; ++i) {
        start("flood-" + std::to_string(i), "flood");
    }
    start("late", "late");
    run_worker();
    for (const WorkflowHandle& handle : handles) {
        handle.result<void>({.timeout = kPatience});
    }

    const std::lock_guard lock(mutex_);
    const auto late = std::ranges::find(ended_, "late") - ended_.begin();
    EXPECT_LT(late, 15) << "it came last, and was not the last";
}

}  // namespace
}  // namespace temporal
