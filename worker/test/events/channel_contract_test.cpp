// What every channel promises, proved on each.

#include "cli/temp_folder.hpp"
#include "events/events.hpp"
#include "events/open_channel.hpp"
#include "events/redis_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <optional>
#include <thread>

namespace inference {
namespace {

using cli::testing::TempFolder;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

using Strings = std::vector<std::string>;
using Clock = std::chrono::steady_clock;

constexpr auto kPatience = 20s;

class ChannelContract : public testing::TestWithParam<std::string> {
protected:
    ChannelContract() {
        if (GetParam() == "redis") {
            redis_.emplace();
            address_ = redis_->address();
        } else {
            address_ = FileAddress{folder_.path() / "events"};
        }
    }

    std::shared_ptr<EventSink> sink() const {
        return open_sink(address_, [](const ChannelChange& change) {
            ADD_FAILURE() << change.why;
        });
    }

    std::unique_ptr<EventSource> source() const { return open_source(address_); }

private:
    TempFolder folder_;
    std::optional<RedisServer> redis_;
    ChannelAddress address_;
};

std::string shown(const Event& event) {
    const auto text = event.data.find("text");
    return std::string(to_string(event.type)) +
           (text == event.data.end() ? "" : " " + text->get<std::string>());
}

/// Reads until so many have come.
std::vector<StoredEvent> read(
    EventSource& source, std::size_t count, std::string after = {}, const std::string& job = "job"
) {
    std::vector<StoredEvent> all;
    const auto deadline = Clock::now() + kPatience;
    while (all.size() < count && Clock::now() < deadline) {
        auto events = source.read(job, after, deadline, {});
        if (!events) {
            ADD_FAILURE() << events.error();
            break;
        }
        for (StoredEvent& event : *events) {
            after = event.id;
            all.push_back(std::move(event));
        }
    }
    return all;
}

Strings read_shown(
    EventSource& source, std::size_t count, std::string after = {}, const std::string& job = "job"
) {
    Strings lines;
    for (const StoredEvent& stored : read(source, count, std::move(after), job)) {
        lines.push_back(shown(stored.event));
    }
    return lines;
}

TEST_P(ChannelContract, GivesEventsInTheirOrderAndAsTheyWere) {
    const auto sink = this->sink();
    sink->publish(event(EventType::kStage, 3, 0, {{"stage", "infer"}}));
    sink->publish(token("a \"line\"\nand \xC3\xA9", 3));
    sink->publish(event(EventType::kProgress, 3, 0, {{"pieces", 1}}));
    sink->publish(event(EventType::kEnd, 3, 0, {{"state", "completed"}}));
    const auto events = read(*source(), 4);
    ASSERT_EQ(events.size(), 4);
    Event wanted = token("a \"line\"\nand \xC3\xA9", 3, 2);
    EXPECT_EQ(events[1].event, wanted);
    EXPECT_EQ(events[3].event.data, nlohmann::json({{"state", "completed"}}));
}

TEST_P(ChannelContract, TakesTextThatIsNoUtf8) {
    const auto sink = this->sink();
    sink->publish(token("half \xC3"));
    EXPECT_THAT(read_shown(*source(), 1), ElementsAre("token half \xEF\xBF\xBD"));
}

TEST_P(ChannelContract, GoesOnAfterAnId) {
    const auto sink = this->sink();
    sink->publish(event(EventType::kStage));
    sink->publish(event(EventType::kReset));
    sink->publish(event(EventType::kEnd));
    const auto events = read(*source(), 3);
    ASSERT_EQ(events.size(), 3);
    EXPECT_THAT(read_shown(*source(), 2, events[0].id), ElementsAre("reset", "end"));
    EXPECT_THAT(read_shown(*source(), 1, events[1].id), ElementsAre("end"));
}

TEST_P(ChannelContract, WaitsForAJobThatHasToldNothingYet) {
    const auto sink = this->sink();
    auto reader =
        std::async(std::launch::async, [source = source()] { return read_shown(*source, 1); });
    sink->publish(event(EventType::kStage, 1, 0, {}, "another"));
    EXPECT_EQ(reader.wait_for(50ms), std::future_status::timeout);
    sink->publish(event(EventType::kStage));
    EXPECT_THAT(reader.get(), ElementsAre("stage"));
}

TEST_P(ChannelContract, GivesNothingAtTheDeadline) {
    const auto sink = this->sink();
    sink->publish(event(EventType::kStage));
    const auto source = this->source();
    const std::string last = read(*source, 1).back().id;
    const auto events = source->read("job", last, Clock::now() + 30ms, {});
    ASSERT_TRUE(events.has_value()) << events.error();
    EXPECT_THAT(*events, IsEmpty());
}

TEST_P(ChannelContract, EndsAWaitByItsToken) {
    const auto sink = this->sink();
    sink->publish(event(EventType::kStage, 1, 0, {}, "another"));
    const auto source = this->source();
    read(*source, 1, {}, "another");
    std::stop_source stop;
    auto reader = std::async(std::launch::async, [&] {
        return source->read("job", {}, Clock::now() + 1h, stop.get_token());
    });
    EXPECT_EQ(reader.wait_for(50ms), std::future_status::timeout);
    stop.request_stop();
    ASSERT_EQ(reader.wait_for(kPatience), std::future_status::ready);
    EXPECT_TRUE(reader.get().has_value());
    EXPECT_TRUE(source->read("job", {}, Clock::now() + 1h, stop.get_token()).has_value());
}

TEST_P(ChannelContract, ServesSeveralReadersEachFromTheBeginning) {
    const auto sink = this->sink();
    sink->publish(event(EventType::kStage));
    const auto one = source();
    EXPECT_THAT(read_shown(*one, 1), ElementsAre("stage"));
    sink->publish(event(EventType::kEnd));
    EXPECT_THAT(read_shown(*source(), 2), ElementsAre("stage", "end"));
}

TEST_P(ChannelContract, KeepsWhatSeveralWorkersTellWhole) {
    constexpr int kEach = 200;
    constexpr int kWorkers = 4;
    std::vector<std::jthread> workers;
    for (int worker = 1; worker <= kWorkers; ++worker) {
        workers.emplace_back([worker, sink = sink()] {
            for (int i = 0; i < kEach; ++i) {
                sink->publish(
                    event(EventType::kProgress, worker, 0, {{"text", std::string(300, 'x')}})
                );
            }
        });
    }
    workers.clear();
    const auto events = read(*source(), std::size_t{kEach} * kWorkers);
    ASSERT_EQ(events.size(), std::size_t{kEach} * kWorkers);
    std::map<std::int64_t, std::int64_t> last;
    for (const StoredEvent& stored : events) {
        EXPECT_EQ(stored.event.seq, ++last[stored.event.epoch]);
    }
}

TEST_P(ChannelContract, WritesWhatWaitsAsTheSinkGoes) {
    sink()->publish(token("last words"));
    EXPECT_THAT(read_shown(*source(), 1), ElementsAre("token last words"));
}

TEST_P(ChannelContract, CountsWhatItWrote) {
    const auto sink = this->sink();
    sink->publish(event(EventType::kStage));
    sink->publish(event(EventType::kEnd));
    read(*source(), 2);
    const auto deadline = Clock::now() + kPatience;
    while (sink->counts().written < 2 && Clock::now() < deadline) {
        std::this_thread::yield();
    }
    EXPECT_EQ(sink->counts(), (EventCounts{.written = 2, .dropped = 0}));
}

INSTANTIATE_TEST_SUITE_P(
    EveryChannel,
    ChannelContract,
    testing::Values("file", "redis"),
    [](const auto& instance) { return instance.param; }
);

}  // namespace
}  // namespace inference
