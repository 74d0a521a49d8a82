#include "bridge/runtime.hpp"

#include "bridge/connection.hpp"
#include "bridge/rpc.hpp"
#include "scripted_core/scripted_core.hpp"
#include "temporal/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace temporal::bridge {
namespace {

using scripted::ScriptedCore;
using namespace std::chrono_literals;

TEST(Runtime, ForwardsTheLogWithAllItSays) {
    ScriptedCore core;
    std::vector<LogRecord> lines;
    RuntimeOptions options;
    options.log_sink = [&lines](const LogRecord& line) { lines.push_back(line); };
    const auto runtime = Runtime::make(options);

    core.log(3, "temporalio_client", "slow", R"({"millis":7})");

    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].level, LogLevel::kWarn);
    EXPECT_EQ(lines[0].time.time_since_epoch(), 1'700'000'000'123ms);
    EXPECT_EQ(lines[0].target, "temporalio_client");
    EXPECT_EQ(lines[0].message, "slow");
    EXPECT_EQ(lines[0].fields_json, R"({"millis":7})");
}

TEST(Runtime, ForwardsTheLogFromSeveralThreadsAtOnce) {
    constexpr int kThreads = 4;
    constexpr int kLines = 500;
    ScriptedCore core;
    std::atomic<int> lines{0};
    RuntimeOptions options;
    options.log_sink = [&lines](const LogRecord&) { ++lines; };
    const auto runtime = Runtime::make(options);

    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&core] {
            for (int line = 0; line < kLines; ++line) {
                core.log(2, "core", "line", "{}");
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }

    EXPECT_EQ(lines, kThreads * kLines);
}

TEST(Runtime, IsNotHurtByASinkThatThrows) {
    ScriptedCore core;
    RuntimeOptions options;
    options.log_sink = [](const LogRecord&) { throw std::runtime_error("disk full"); };
    const auto runtime = Runtime::make(options);

    core.log(2, "core", "line", "{}");
}

TEST(Runtime, LogsNoMoreOnceItIsGone) {
    ScriptedCore core;
    std::atomic<int> lines{0};
    RuntimeOptions options;
    options.log_sink = [&lines](const LogRecord&) { ++lines; };
    Runtime::make(options).reset();

    core.log(2, "core", "line", "{}");

    EXPECT_EQ(lines, 0);
}

TEST(Runtime, NamesTheAddressOfItsMetrics) {
    ScriptedCore core;
    core.on_runtime({.answer = R"({"metrics_address":"127.0.0.1:45321"})"});
    RuntimeOptions options;
    options.metrics_address = "127.0.0.1:0";

    EXPECT_EQ(Runtime::make(options)->metrics_address(), "127.0.0.1:45321");
    EXPECT_THAT(core.runtime_options(), testing::HasSubstr("127.0.0.1:0"));
}

TEST(Runtime, SaysWhyItCannotStart) {
    ScriptedCore core;
    core.on_runtime({.answer = {}, .error = "metrics.prometheus: cannot listen"});
    try {
        static_cast<void>(Runtime::make({}));
        FAIL() << "it started";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("metrics.prometheus: cannot listen"));
    }
}

/// A callback may drop the last handle: core's thread would then wait for itself.
TEST(Runtime, MayBeDestroyedByACallback) {
    ScriptedCore core;
    core.on_rpc("Ping", [](const scripted::RpcRequest&) { return scripted::RpcReply{}; });
    auto runtime = Runtime::make({});
    auto connection = Connection::connect(runtime, {}, {});
    runtime.reset();
    std::mutex mutex;
    std::condition_variable changed;
    bool answered = false;

    const Connection& borrowed = *connection;
    auto dropped_in_callback = std::make_shared<std::shared_ptr<Connection>>(std::move(connection));
    call_async(borrowed, {.method = "Ping"}, nullptr, [&, dropped_in_callback](const RpcOutcome&) {
        dropped_in_callback->reset();
        const std::scoped_lock lock(mutex);
        answered = true;
        changed.notify_all();
    });

    std::unique_lock lock(mutex);
    ASSERT_TRUE(changed.wait_for(lock, 20s, [&answered] { return answered; }));
    EXPECT_TRUE(core.wait_until_all_is_freed());
}

}  // namespace
}  // namespace temporal::bridge
