#include "events/file_channel.hpp"

#include "cli/temp_folder.hpp"
#include "events/event_file.hpp"
#include "events/events.hpp"
#include "events/file_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace inference {
namespace {

using cli::testing::TempFolder;
using namespace std::chrono_literals;
using testing::HasSubstr;
namespace fs = std::filesystem;

std::vector<Event> read(const fs::path& folder, const std::string& job) {
    std::vector<Event> events;
    const auto stored = FileSource(folder).read(job, {}, std::chrono::steady_clock::now(), {});
    for (const StoredEvent& one : stored.value()) {
        events.push_back(one.event);
    }
    return events;
}

TEST(FileChannel, BoundsAJobsFileAndMarksWhatIsMissing) {
    const TempFolder folder;
    FileChannel channel(folder.path(), {.bytes = 2'000});
    for (int i = 0; i < 200; ++i) {
        ASSERT_TRUE(channel.write({token("some text", 1, i), event(EventType::kProgress)}));
    }
    ASSERT_TRUE(channel.write({event(EventType::kStage, 2), event(EventType::kEnd, 2)}));

    const auto events = read(folder.path(), "job");
    EXPECT_LT(fs::file_size(event_file(folder.path(), "job")), 8'000);
    ASSERT_GE(events.size(), 4);
    EXPECT_EQ(events.back().type, EventType::kEnd);
    EXPECT_EQ(events[events.size() - 2].type, EventType::kStage);
    EXPECT_TRUE(std::ranges::any_of(events, [](const Event& event) {
        return event.data.contains("gap");
    }));
    EXPECT_FALSE(events.front().data.contains("gap"));
}

TEST(FileChannel, SaysWhatIsWrongWithItsFolder) {
    const TempFolder folder;
    std::ofstream(folder.path() / "file") << "no folder";
    FileChannel channel(folder.path() / "file");
    const auto written = channel.write({event(EventType::kStage)});
    ASSERT_FALSE(written);
    EXPECT_THAT(written.error(), HasSubstr("Not a directory"));
}

TEST(FileChannel, RemovesTheFilesOfJobsThatEndedLongAgo) {
    const TempFolder folder;
    FileChannel channel(folder.path());
    write(
        channel,
        {event(EventType::kEnd, 1, 1, {}, "ended"), event(EventType::kStage, 1, 1, {}, "runs")}
    );
    const auto now = fs::file_time_type::clock::now();
    const auto is_there = [&](const char* job) {
        return fs::exists(event_file(folder.path(), job));
    };
    channel.remove_old(now + 59min);
    EXPECT_TRUE(is_there("ended"));
    channel.remove_old(now + 61min);
    EXPECT_FALSE(is_there("ended"));
    EXPECT_TRUE(is_there("runs")) << "a job may be silent for long";
    channel.remove_old(now + 25h);
    EXPECT_FALSE(is_there("runs")) << "nobody told its end";
}

TEST(FileChannel, KeepsTheNewestOfTooManyEndedJobs) {
    const TempFolder folder;
    FileChannel channel(folder.path(), {.files = 3});
    const auto now = fs::file_time_type::clock::now();
    for (const auto& [job, age] : {std::pair("old", 3min), {"newer", 2min}, {"newest", 1min}}) {
        write(channel, {event(EventType::kEnd, 1, 1, {}, job)});
        fs::last_write_time(event_file(folder.path(), job), now - age);
    }
    write(channel, {event(EventType::kStage, 1, 1, {}, "runs")});
    channel.remove_old(now);
    EXPECT_FALSE(fs::exists(event_file(folder.path(), "old")));
    EXPECT_TRUE(fs::exists(event_file(folder.path(), "newer")));
    EXPECT_TRUE(fs::exists(event_file(folder.path(), "runs")));
}

TEST(FileSource, PassesOverALineThatCannotBeRead) {
    const TempFolder folder;
    FileChannel channel(folder.path());
    write(channel, {event(EventType::kStage)});
    std::ofstream(event_file(folder.path(), "job"), std::ios::app) << "{\"torn\n";
    write(channel, {event(EventType::kEnd)});
    EXPECT_EQ(read(folder.path(), "job").size(), 2);
}

TEST(FileSource, ReadsFromTheBeginningIfTheFileHasBegunAnew) {
    const TempFolder folder;
    FileChannel channel(folder.path());
    write(channel, {event(EventType::kStage)});
    const auto events =
        FileSource(folder.path()).read("job", "999999", std::chrono::steady_clock::now() + 10s, {});
    EXPECT_EQ(events.value().size(), 1);
}

TEST(FileSource, SaysThatThereIsNoFolderAndWhatToDo) {
    const TempFolder folder;
    FileSource source(folder.path() / "none");
    const auto events = source.read("job", {}, std::chrono::steady_clock::now() + 20s, {});
    ASSERT_FALSE(events);
    EXPECT_THAT(
        events.error(), HasSubstr("No such file or directory; on another machine than the worker's")
    );
}

TEST(FileSource, RefusesAnIdThatIsNone) {
    const TempFolder folder;
    EXPECT_FALSE(FileSource(folder.path()).read("job", "5-0", std::chrono::steady_clock::now(), {})
    );
}

}  // namespace
}  // namespace inference
