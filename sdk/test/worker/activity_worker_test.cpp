#include "worker/activity_worker.hpp"

#include "temporal/converter.hpp"
#include "temporal/detail/activity_type.hpp"
#include "wait.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace temporal::worker {
namespace {

using activity::ActivityResult;
using activity::Canceled;
using activity::CancelReason;
using activity::Completed;
using activity::Failed;
using std::chrono_literals::operator""ms;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RecordingReporter final : public activity::ActivityReporter {
public:
    void complete(const std::string& task_token, ActivityResult result) override {
        const std::lock_guard lock(mutex_);
        results_.insert_or_assign(task_token, std::move(result));
        changed_.notify_all();
    }
    void heartbeat(const std::string& task_token, const Payloads& details) override {
        const std::lock_guard lock(mutex_);
        heartbeats_.emplace_back(task_token, details);
        changed_.notify_all();
    }

    /// The report on an attempt; nothing if none comes in time.
    std::optional<ActivityResult> result(const std::string& task_token) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, kPatience, [&] { return results_.contains(task_token); });
        const auto found = results_.find(task_token);
        return found == results_.end() ? std::nullopt : std::optional(found->second);
    }
    bool wait_for_results(std::size_t count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, kPatience, [&] { return results_.size() == count; });
    }
    bool wait_for_heartbeats(std::size_t count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, kPatience, [&] { return heartbeats_.size() >= count; });
    }
    std::size_t results() {
        const std::lock_guard lock(mutex_);
        return results_.size();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, ActivityResult> results_;
    std::vector<std::pair<std::string, Payloads>> heartbeats_;
};

activity::ActivityTask start(std::string token, std::string type, Payloads input = {}) {
    activity::StartActivity task;
    task.activity_type = std::move(type);
    task.input = std::move(input);
    return {std::move(token), std::move(task)};
}

activity::ActivityTask cancel(std::string token, CancelReason reason) {
    return {std::move(token), activity::CancelActivity{reason}};
}

std::string message_of(const std::optional<ActivityResult>& result) {
    const auto* failed = result ? std::get_if<Failed>(&*result) : nullptr;
    return failed == nullptr ? "no failure" : failed->failure->message();
}

class ActivityWorkerTest : public testing::Test {
protected:
    template <class R, class... A, class F>
    void add(std::string name, F function) {
        registry_.add(detail::activity_type<R, A...>(std::move(name), std::move(function)));
    }

    ActivityWorker& worker(std::size_t max_concurrent_activities = 10) {
        if (!worker_) {
            worker_ = std::make_unique<ActivityWorker>(
                ActivityWorkerOptions{
                    .task_queue = "gpu", .max_concurrent_activities = max_concurrent_activities
                },
                std::move(registry_),
                reporter_
            );
        }
        return *worker_;
    }

    std::shared_ptr<RecordingReporter> reporter_ = std::make_shared<RecordingReporter>();
    activity::Registry registry_;
    std::unique_ptr<ActivityWorker> worker_;
};

TEST_F(ActivityWorkerTest, ReportsTheResultOfAnActivity) {
    add<int, int>("double", [](int value) { return 2 * value; });

    worker().on_task(start("1", "double", to_payloads(21)));

    const auto result = reporter_->result("1");
    ASSERT_TRUE(result);
    EXPECT_EQ(std::get<Completed>(*result).result, to_payload(42));
    EXPECT_EQ(worker().running(), 0U);
}

TEST_F(ActivityWorkerTest, AnActivityThatNobodyRegisteredFailsAndSaysWhatThereIs) {
    add<void>("infer", [] {});

    worker().on_task(start("1", "infre"));

    EXPECT_THAT(message_of(reporter_->result("1")), HasSubstr("'infre' is not registered"));
    EXPECT_THAT(message_of(reporter_->result("1")), HasSubstr("it has: infer"));
}

TEST_F(ActivityWorkerTest, AContextKnowsItsAttempt) {
    add<std::string>("where", [](ActivityContext& context) {
        return context.info().task_queue + "/" + std::to_string(context.attempt());
    });
    activity::ActivityTask task = start("1", "where");
    std::get<activity::StartActivity>(task.variant).attempt = 3;

    worker().on_task(std::move(task));

    EXPECT_EQ(
        std::get<Completed>(reporter_->result("1").value()).result, to_payload(std::string("gpu/3"))
    );
}

TEST_F(ActivityWorkerTest, ACancelReachesTheStopTokenAndIsReported) {
    Gate running;
    add<void>("wait", [&](ActivityContext& context) {
        Gate stopped;
        const std::stop_callback on_stop(context.stop_token(), [&] { stopped.open(); });
        running.open();
        EXPECT_TRUE(stopped.wait());
        context.throw_if_canceled();
    });
    worker().on_task(start("1", "wait"));
    ASSERT_TRUE(running.wait());

    worker().on_task(cancel("1", CancelReason::kCanceled));

    EXPECT_TRUE(std::holds_alternative<Canceled>(reporter_->result("1").value()));
}

TEST_F(ActivityWorkerTest, ACancelOfWhatHasEndedIsIgnored) {
    add<void>("a", [] {});
    worker().on_task(start("1", "a"));
    ASSERT_TRUE(reporter_->result("1"));

    worker().on_task(cancel("1", CancelReason::kCanceled));
    worker().on_task(cancel("never started", CancelReason::kCanceled));

    EXPECT_TRUE(std::holds_alternative<Completed>(*reporter_->result("1")));
}

TEST_F(ActivityWorkerTest, BlockingActivitiesRunSideBySide) {
    Counter inside;
    Gate all;
    add<void>("block", [&] {
        inside.add();
        EXPECT_TRUE(all.wait());
    });
    for (int i = 0; i < 8; ++i) {
        worker(8).on_task(start(std::to_string(i), "block"));
    }

    EXPECT_TRUE(inside.wait_for(8));
    EXPECT_EQ(worker().running(), 8U);
    all.open();
    EXPECT_TRUE(reporter_->wait_for_results(8));
}

TEST_F(ActivityWorkerTest, AThousandAsynchronousActivitiesNeedAHandfulOfThreads) {
    constexpr std::size_t kCount = 1000;
    std::mutex mutex;
    std::vector<Completion<int>> in_flight;
    std::set<std::thread::id> threads;
    Counter started;
    add<int, int>("infer", [&](ActivityContext, int, Completion<int> done) {
        const std::lock_guard lock(mutex);
        in_flight.push_back(std::move(done));
        threads.insert(std::this_thread::get_id());
        started.add();
    });
    for (std::size_t i = 0; i < kCount; ++i) {
        worker(kCount).on_task(start(std::to_string(i), "infer", to_payloads(1)));
    }
    ASSERT_TRUE(started.wait_for(kCount));

    EXPECT_EQ(worker().running(), kCount);
    EXPECT_LE(threads.size(), 4U);
    for (const Completion<int>& done : in_flight) {
        EXPECT_TRUE(done.complete(7));
    }
    EXPECT_TRUE(reporter_->wait_for_results(kCount));
    EXPECT_EQ(worker().running(), 0U);
}

TEST_F(ActivityWorkerTest, AnAnswerAndACancelMayRace) {
    constexpr int kCount = 50;
    struct Call {
        Call(const ActivityContext& context, Completion<int> completion)
            : done(std::move(completion)),
              on_stop(context.stop_token(), [this] { done.cancel(); }) {}
        Completion<int> done;
        std::stop_callback<std::function<void()>> on_stop;
    };
    std::mutex mutex;
    std::vector<std::unique_ptr<Call>> calls;
    Counter started;
    add<int>("infer", [&](ActivityContext context, Completion<int> done) {
        const std::lock_guard lock(mutex);
        calls.push_back(std::make_unique<Call>(context, std::move(done)));
        started.add();
    });
    for (int i = 0; i < kCount; ++i) {
        worker(kCount).on_task(start(std::to_string(i), "infer"));
    }
    ASSERT_TRUE(started.wait_for(kCount));

    std::thread answers([&] {
        for (const auto& call : calls) {
            call->done.complete(1);
        }
    });
    for (int i = 0; i < kCount; ++i) {
        worker().on_task(cancel(std::to_string(i), CancelReason::kCanceled));
    }
    answers.join();

    EXPECT_TRUE(reporter_->wait_for_results(kCount));
    EXPECT_EQ(worker().close(patience()), 0U);
}

TEST_F(ActivityWorkerTest, ADroppedCompletionIsReported) {
    add<int>("forget", [](ActivityContext, Completion<int>) {});

    worker().on_task(start("1", "forget"));

    EXPECT_THAT(message_of(reporter_->result("1")), HasSubstr("'forget' dropped its completion"));
}

TEST_F(ActivityWorkerTest, RepeatedHeartbeatsEndWithTheActivity) {
    std::mutex mutex;
    std::vector<Completion<int>> in_flight;
    add<int>("infer", [&](ActivityContext context, Completion<int> done) {
        context.heartbeat_every(1ms);
        const std::lock_guard lock(mutex);
        in_flight.push_back(std::move(done));
    });
    worker().on_task(start("1", "infer"));
    ASSERT_TRUE(reporter_->wait_for_heartbeats(3));

    const std::lock_guard lock(mutex);
    in_flight.at(0).complete(1);

    EXPECT_TRUE(reporter_->result("1"));
}

TEST_F(ActivityWorkerTest, TheWorkersShutdownIsSeenAtOnceAndCancelsNothing) {
    Gate running;
    add<bool>("work", [&](ActivityContext& context) {
        Gate shutting_down;
        const std::stop_callback on_stop(context.worker_shutting_down(), [&] {
            shutting_down.open();
        });
        running.open();
        EXPECT_TRUE(shutting_down.wait());
        return context.stop_token().stop_requested();
    });
    worker().on_task(start("1", "work"));
    ASSERT_TRUE(running.wait());

    worker().begin_shutdown();

    EXPECT_EQ(std::get<Completed>(reporter_->result("1").value()).result, to_payload(false));
}

TEST_F(ActivityWorkerTest, AHungActivityIsReportedAndItsThreadLeftBehind) {
    const auto running = std::make_shared<Gate>();
    const auto release = std::make_shared<Gate>();
    const auto ended = std::make_shared<Gate>();
    add<void>("hang", [=] {
        running->open();
        release->wait();
        ended->open();
    });
    worker().on_task(start("1", "hang"));
    ASSERT_TRUE(running->wait());

    EXPECT_THAT(worker().abandon(), ElementsAre("hang"));
    EXPECT_TRUE(std::holds_alternative<Canceled>(reporter_->result("1").value()));
    EXPECT_EQ(worker().close(std::chrono::steady_clock::now()), 1U);
    worker_.reset();
    release->open();

    EXPECT_TRUE(ended->wait());
    EXPECT_EQ(reporter_->results(), 1U);
}

TEST_F(ActivityWorkerTest, WhatStartsAfterTheAttemptsWereAbandonedIsAbandonedToo) {
    add<void>("late", [] {});
    EXPECT_THAT(worker().abandon(), IsEmpty());

    worker().on_task(start("1", "late"));

    EXPECT_TRUE(std::holds_alternative<Canceled>(reporter_->result("1").value()));
    EXPECT_EQ(worker().running(), 0U);
}

}  // namespace
}  // namespace temporal::worker
