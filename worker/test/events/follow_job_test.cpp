#include "events/follow_job.hpp"

#include "cli/temp_folder.hpp"
#include "events/events.hpp"
#include "events/file_channel.hpp"
#include "events/file_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

namespace inference {
namespace {

using cli::testing::TempFolder;
using namespace std::chrono_literals;
using testing::ElementsAre;

class FollowJob : public testing::Test {
protected:
    std::vector<EventType> follow(const FollowOptions& options) {
        std::vector<EventType> types;
        const auto end = follow_job(source_, "job", options, [&](const StoredEvent& stored) {
            types.push_back(stored.event.type);
            last_id_ = stored.id;
        });
        EXPECT_TRUE(end.has_value());
        return types;
    }

    TempFolder folder_;
    FileChannel channel_{folder_.path()};
    FileSource source_{folder_.path()};
    std::string last_id_;
};

TEST_F(FollowJob, HearsAllUntilTheEnd) {
    write(channel_, {event(EventType::kStage), token("a")});
    auto heard = std::async(std::launch::async, [this] { return follow({}); });
    write(channel_, {event(EventType::kEnd), event(EventType::kStage)});
    EXPECT_THAT(heard.get(), ElementsAre(EventType::kStage, EventType::kToken, EventType::kEnd));
}

TEST_F(FollowJob, PassesOverTheEndOfAnotherRunOfTheSameId) {
    Event before = event(EventType::kEnd);
    before.run_id = "the run before";
    write(channel_, {before, event(EventType::kStage), event(EventType::kEnd)});
    EXPECT_THAT(follow({.run_id = "run"}), ElementsAre(EventType::kStage, EventType::kEnd));
}

TEST_F(FollowJob, GoesOnAfterAnId) {
    write(channel_, {event(EventType::kStage)});
    std::stop_source stop;
    const auto end =
        follow_job(source_, "job", {.stop = stop.get_token()}, [&](const auto& stored) {
            last_id_ = stored.id;
            stop.request_stop();
        });
    EXPECT_TRUE(end.has_value());
    write(channel_, {event(EventType::kReset), event(EventType::kEnd)});
    EXPECT_THAT(follow({.after = last_id_}), ElementsAre(EventType::kReset, EventType::kEnd));
}

}  // namespace
}  // namespace inference
