#include "activity_messages.hpp"
#include "scripted_core/scripted_core.hpp"
#include "temporal/client.hpp"
#include "temporal/error.hpp"
#include "temporal/worker.hpp"
#include "wait.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <future>
#include <stop_token>
#include <string>
#include <vector>

namespace temporal::worker {
namespace {

using testing::HasSubstr;

inline constexpr Activity<void()> work{"work"};

class RunWorkersTest : public testing::Test {
protected:
    RunWorkersTest() {
        for (const char* queue : {"high", "low"}) {
            workers_.emplace_back(client_, WorkerOptions{.task_queue = queue}).add(work, [] {});
        }
    }

    scripted::ScriptedCore core_;
    Client client_ = Client::connect({});
    std::vector<Worker> workers_;
};

TEST_F(RunWorkersTest, AllRunUntilTheStop) {
    std::stop_source stop;
    auto ended = std::async(std::launch::async, [&] { run(workers_, stop.get_token()); });
    for (const char* queue : {"high", "low"}) {
        core_.worker(queue).deliver_activity_task(start_message("a", "work"));
        EXPECT_TRUE(result_in(core_.worker(queue).next_activity_completion()).has_completed());
    }

    stop.request_stop();

    EXPECT_EQ(ended.wait_for(kPatience), std::future_status::ready);
    EXPECT_TRUE(core_.worker("high").wait_until_finalized());
    EXPECT_TRUE(core_.worker("low").wait_until_finalized());
}

TEST_F(RunWorkersTest, IfOneFailsTheOthersDrainAndItsErrorIsThrown) {
    core_.worker("low").fail_validation("permission denied");

    try {
        run(workers_, {});
        FAIL() << "nothing was thrown";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("queue 'low'"));
    }
}

TEST_F(RunWorkersTest, ASignalDrainsThemAndTheExitCodeIsZero) {
    auto code = std::async(std::launch::async, [&] { return run_until_signal(workers_); });
    ASSERT_TRUE(core_.worker("high").wait_until_started());
    ASSERT_TRUE(core_.worker("low").wait_until_started());

    std::raise(SIGTERM);

    ASSERT_EQ(code.wait_for(kPatience), std::future_status::ready);
    EXPECT_EQ(code.get(), 0);
}

TEST_F(RunWorkersTest, OneWorkerAloneRunsUntilASignal) {
    auto code = std::async(std::launch::async, [&] { return workers_.at(0).run_until_signal(); });
    ASSERT_TRUE(core_.worker("high").wait_until_started());

    std::raise(SIGINT);

    ASSERT_EQ(code.wait_for(kPatience), std::future_status::ready);
    EXPECT_EQ(code.get(), 0);
}

}  // namespace
}  // namespace temporal::worker
