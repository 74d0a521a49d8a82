// A local activity leaves nothing in the history until it is done: what becomes of it when its worker is killed.

#include "server/impatient.hpp"
#include "support/child_process.hpp"
#include "support/dev_server.hpp"
#include "temporal/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace temporal::samples {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

constexpr auto kPatience = 60s;

test::DevServerEnvironment& kServer = test::DevServerEnvironment::add();

class KilledWorker : public ::testing::Test {
protected:
    ~KilledWorker() override {
        std::filesystem::remove(trace_);
        std::filesystem::remove(output_);
    }

    test::ChildProcess start_worker() const {
        const auto program = std::filesystem::path(std::getenv("IW_BIN_DIR")) / "impatient_worker";
        return {{program.string(), kServer.server().address(), queue_}, output_};
    }

    StartOptions options() const {
        return {.id = queue_, .task_queue = queue_, .task_timeout = kTaskTimeout};
    }

    /// The numbers of the attempts, in their order.
    std::vector<int> attempts() const {
        std::ifstream file(trace_);
        return {std::istream_iterator<int>(file), {}};
    }

    void wait_for_attempts(std::size_t count) const {
        const auto deadline = std::chrono::steady_clock::now() + kPatience;
        while (attempts().size() < count) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline);
            std::this_thread::yield();
        }
    }

    void wait_for_event(const WorkflowHandle& handle, const std::string& type) const {
        const auto deadline = std::chrono::steady_clock::now() + kPatience;
        while (handle.fetch_history().to_json().find(type) == std::string::npos) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline);
        }
    }

    const std::string queue_ = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    const std::string trace_ = test::new_file("attempts");
    const std::string output_ = test::new_file("impatient-worker");
    const Client client_ = Client::connect({.address = kServer.server().address()});
};

TEST_F(KilledWorker, ALocalActivityThatWaitsAsATimerGoesOnWithItsNextAttempt) {
    test::ChildProcess first = start_worker();
    const auto handle = client_.start<WaitsAsTimer>(trace_, options());
    wait_for_event(handle, "TIMER_STARTED");
    first.stop(SIGKILL);
    const test::ChildProcess second = start_worker();

    EXPECT_EQ(handle.result({.timeout = kPatience}), 2);
    EXPECT_THAT(attempts(), ElementsAre(1, 2)) << "the attempt before the kill counts";
}

TEST_F(KilledWorker, ALocalActivityThatWaitsWithinItsTaskStartsAnew) {
    test::ChildProcess first = start_worker();
    const auto handle = client_.start<WaitsWithinItsTask>(trace_, options());
    wait_for_attempts(1);
    first.stop(SIGKILL);
    const test::ChildProcess second = start_worker();

    EXPECT_EQ(handle.result({.timeout = kPatience}), 2);
    EXPECT_THAT(attempts(), ElementsAre(1, 1, 2)) << "nothing of the first was written down";
}

TEST_F(KilledWorker, AWaitLongerThanAWorkflowTaskKeepsTheTaskWhileTheWorkerLives) {
    const test::ChildProcess worker = start_worker();
    const auto handle = client_.start<WaitsWithinItsTask>(trace_, options());

    EXPECT_EQ(handle.result({.timeout = kPatience}), 2);
    EXPECT_THAT(attempts(), ElementsAre(1, 2));
    const std::string history = handle.fetch_history().to_json();
    EXPECT_EQ(history.find("WORKFLOW_TASK_TIMED_OUT"), std::string::npos);
    EXPECT_EQ(history.find("TIMER_STARTED"), std::string::npos);
}

}  // namespace
}  // namespace temporal::samples
