#include "worker/thread_pool.hpp"

#include "wait.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace temporal::worker {
namespace {

using testing::ElementsAre;

TEST(ThreadPool, ABlockedJobDoesNotHoldUpTheNext) {
    ThreadPool pool(2);
    Gate first;
    Counter done;
    pool.post([&] { EXPECT_TRUE(first.wait()); });
    pool.post([&] {
        first.open();
        done.add();
    });

    EXPECT_TRUE(done.wait_for(1));
    EXPECT_EQ(pool.close(patience()), 0U);
}

TEST(ThreadPool, TwoJobsForOneIdleThreadGetTwoThreads) {
    ThreadPool pool(3);
    Counter idle;
    pool.post([&] { idle.add(); });
    ASSERT_TRUE(idle.wait_for(1));

    Counter inside;
    Gate both;
    for (int i = 0; i < 2; ++i) {
        pool.post([&] {
            inside.add();
            EXPECT_TRUE(both.wait());
        });
    }

    EXPECT_TRUE(inside.wait_for(2));
    both.open();
    EXPECT_EQ(pool.close(patience()), 0U);
}

TEST(ThreadPool, NeverHasMoreThreadsThanItMay) {
    ThreadPool pool(3);
    Counter inside;
    Counter done;
    for (int i = 0; i < 50; ++i) {
        pool.post([&] {
            inside.add();
            std::this_thread::yield();
            inside.add(-1);
            done.add();
        });
    }

    EXPECT_TRUE(done.wait_for(50));
    EXPECT_LE(inside.most(), 3);
    EXPECT_EQ(pool.close(patience()), 0U);
}

TEST(ThreadPool, ReusesAThreadThatIsIdle) {
    ThreadPool pool(100);
    std::mutex mutex;
    std::set<std::thread::id> threads;
    for (int i = 0; i < 20; ++i) {
        Gate done;
        pool.post([&] {
            const std::lock_guard lock(mutex);
            threads.insert(std::this_thread::get_id());
            done.open();
        });
        ASSERT_TRUE(done.wait());
    }

    EXPECT_EQ(pool.close(patience()), 0U);
    // A thread that has just opened the gate may not be idle yet.
    EXPECT_LT(threads.size(), 20U);
}

TEST(ThreadPool, OneThreadRunsJobsInTheirOrder) {
    ThreadPool pool(1);
    std::vector<int> order;
    for (int i = 0; i < 4; ++i) {
        pool.post([&order, i] { order.push_back(i); });
    }
    Gate last;
    pool.post([&] { last.open(); });

    ASSERT_TRUE(last.wait());
    EXPECT_EQ(pool.close(patience()), 0U);
    EXPECT_THAT(order, ElementsAre(0, 1, 2, 3));
}

TEST(ThreadPool, WhatWaitsWhenThePoolIsClosedIsDropped) {
    ThreadPool pool(1);
    Gate running;
    Gate release;
    std::atomic<bool> ran = false;
    pool.post([&] {
        running.open();
        EXPECT_TRUE(release.wait());
    });
    const auto owned = std::make_shared<int>(1);
    pool.post([&ran, owned] { ran = true; });
    ASSERT_TRUE(running.wait());

    // While the thread is busy, so that it cannot take the second job first.
    EXPECT_EQ(pool.close(std::chrono::steady_clock::now()), 1U);
    release.open();
    EXPECT_EQ(pool.close(patience()), 0U);
    pool.post([&ran, owned] { ran = true; });

    EXPECT_FALSE(ran);
    EXPECT_EQ(owned.use_count(), 1);
}

TEST(ThreadPool, AStuckThreadIsLeftBehind) {
    const auto release = std::make_shared<Gate>();
    const auto gone = std::make_shared<Gate>();
    const auto running = std::make_shared<Gate>();
    {
        ThreadPool pool(4);
        pool.post([=] {
            running->open();
            release->wait();
            gone->open();
        });
        ASSERT_TRUE(running->wait());

        EXPECT_EQ(pool.close(std::chrono::steady_clock::now()), 1U);
        EXPECT_EQ(pool.close(std::chrono::steady_clock::now()), 0U);
    }
    release->open();

    EXPECT_TRUE(gone->wait());
}

TEST(ThreadPool, AThreadThatWasLeftBehindMayEndBeforeThePool) {
    Gate running;
    Gate release;
    ThreadPool pool(1);
    pool.post([&] {
        running.open();
        EXPECT_TRUE(release.wait());
    });
    ASSERT_TRUE(running.wait());
    EXPECT_EQ(pool.close(std::chrono::steady_clock::now()), 1U);

    release.open();

    EXPECT_EQ(pool.close(patience()), 0U);
}

}  // namespace
}  // namespace temporal::worker
