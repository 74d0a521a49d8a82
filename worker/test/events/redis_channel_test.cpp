#include "events/redis_channel.hpp"

#include "events/events.hpp"
#include "events/open_channel.hpp"
#include "events/redis_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <hiredis.h>

#include <mutex>
#include <optional>
#include <thread>

namespace inference {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

using Clock = std::chrono::steady_clock;

constexpr auto kPatience = 30s;

/// What the log would say.
class Changes {
public:
    QueuedEventSink::OnChange listener() {
        return [this](const ChannelChange& change) {
            const std::lock_guard lock(mutex_);
            all_.push_back(change);
        };
    }

    std::vector<ChannelChange> all() {
        const std::lock_guard lock(mutex_);
        return all_;
    }

private:
    std::mutex mutex_;
    std::vector<ChannelChange> all_;
};

template <class Holds>
bool wait_until(Holds holds) {
    const auto deadline = Clock::now() + kPatience;
    while (!holds()) {
        if (Clock::now() > deadline) {
            return false;
        }
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

TEST(RedisChannel, LogsIn) {
    const RedisServer server("secret");
    EXPECT_TRUE(RedisChannel(server.address()).write({event(EventType::kStage)}));
    RedisAddress with_user = server.address();
    with_user.user = "default";
    with_user.database = 3;
    EXPECT_TRUE(RedisChannel(with_user).write({event(EventType::kStage)}));
}

TEST(RedisChannel, SaysThatItsPasswordIsWrongAndDoesNotRepeatIt) {
    const RedisServer server("secret");
    RedisAddress wrong = server.address();
    wrong.password = "guessed";
    const auto written = RedisChannel(wrong).write({event(EventType::kStage)});
    ASSERT_FALSE(written);
    EXPECT_THAT(written.error(), HasSubstr("answers WRONGPASS"));
    EXPECT_THAT(written.error(), Not(HasSubstr("guessed")));
    wrong.password = "";
    EXPECT_THAT(RedisChannel(wrong).write({event(EventType::kStage)}).error(), HasSubstr("NOAUTH"));
}

TEST(RedisChannel, KeepsAStreamForAnHourAfterTheEndAndNeverForEver) {
    const RedisServer server;
    RedisChannel channel(server.address());
    auto connection = RedisConnection::open(server.address(), 1s);
    const auto seconds_left = [&] {
        return connection->ask({{"TTL", "stream:job"}}).value().front()->integer;
    };
    write(channel, {event(EventType::kStage), token("a")});
    EXPECT_NEAR(seconds_left(), 86'400, 60);
    write(channel, {event(EventType::kEnd)});
    EXPECT_NEAR(seconds_left(), 3'600, 60);
}

TEST(RedisChannel, KeepsAboutTenThousandEventsOfAJob) {
    const RedisServer server;
    RedisChannel channel(server.address());
    for (int i = 0; i < 15; ++i) {
        write(channel, std::vector<Event>(1'000, event(EventType::kProgress)));
    }
    auto connection = RedisConnection::open(server.address(), 1s);
    const auto length = connection->ask({{"XLEN", "stream:job"}}).value().front()->integer;
    EXPECT_GE(length, 10'000);
    EXPECT_LT(length, 10'200);
}

TEST(RedisChannel, IsReportedOnceAsItGoesAndOnceAsItIsBack) {
    std::optional<RedisServer> server(std::in_place);
    const RedisAddress address = server->address();
    Changes changes;
    const auto sink = open_sink(address, changes.listener());
    sink->publish(event(EventType::kStage));
    ASSERT_TRUE(wait_until([&] { return sink->counts().written == 1; }));

    server.reset();
    for (int i = 0; i < 50; ++i) {
        sink->publish(event(EventType::kProgress));
    }
    ASSERT_TRUE(wait_until([&] { return sink->counts().dropped == 50; }));
    ASSERT_THAT(changes.all(), SizeIs(1));
    EXPECT_FALSE(changes.all().front().is_back);
    EXPECT_THAT(changes.all().front().why, HasSubstr("redis 127.0.0.1:"));

    server.emplace("", address.port);
    ASSERT_TRUE(wait_until([&] {
        sink->publish(event(EventType::kProgress));
        return changes.all().size() == 2;
    }));
    EXPECT_TRUE(changes.all().back().is_back);
}

TEST(RedisChannel, ThatIsFrozenNeitherHoldsUpWhoPublishesNorFillsTheMemory) {
    const RedisServer server;
    Changes changes;
    const auto sink = open_sink(server.address(), changes.listener());
    sink->publish(event(EventType::kStage));
    ASSERT_TRUE(wait_until([&] { return sink->counts().written == 1; }));
    server.freeze();
    const std::string text(1'000, 'x');
    auto slowest = 0ns;
    for (int i = 0; i < 20'000; ++i) {
        const auto before = Clock::now();
        sink->publish(token(text, i));
        slowest = std::max<std::chrono::nanoseconds>(slowest, Clock::now() - before);
    }
    EXPECT_LT(
        slowest, 500ms
    ) << "as long as a thread may be without a processor, and less than an answer";
    EXPECT_GT(sink->counts().dropped, 10'000) << "4 MiB are kept, of 20";
    ASSERT_TRUE(wait_until([&] { return changes.all().size() == 1; }));
    server.resume();
}

TEST(RedisSource, SaysThatNobodyIsThere) {
    RedisAddress nobody;
    {
        const RedisServer server;
        nobody = server.address();
    }
    const auto events = open_source(nobody)->read("job", {}, Clock::now() + 10s, {});
    ASSERT_FALSE(events);
    EXPECT_THAT(events.error(), HasSubstr("Connection refused"));
}

TEST(RedisSource, NoticesThatItsServerIsGone) {
    std::optional<RedisServer> server(std::in_place);
    const auto source = open_source(server->address());
    ASSERT_THAT(source->read("job", {}, Clock::now() + 10ms, {}).value(), IsEmpty());
    server.reset();
    EXPECT_FALSE(source->read("job", {}, Clock::now() + kPatience, {}));
}

}  // namespace
}  // namespace inference
