#include "files/journal.hpp"

#include "cli/temp_folder.hpp"
#include "files/file_text.hpp"
#include "files/storage_error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <latch>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <vector>

namespace inference {
namespace {

using cli::testing::TempFolder;
using cli::testing::thrown_by;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::line_of;
using testing::text_of;

using Visit = std::tuple<std::int64_t, std::uint64_t, std::string>;

std::vector<Visit> visits(const std::filesystem::path& file, std::uint64_t from = 0) {
    std::vector<Visit> visits;
    read_journal(file, from, [&](std::int64_t item, std::uint64_t offset, std::string_view line) {
        visits.emplace_back(item, offset, line);
    });
    return visits;
}

/// No file grows beyond that many bytes: a disk that is full.
class FullDisk {
public:
    explicit FullDisk(rlim_t size) : signal_(std::signal(SIGXFSZ, SIG_IGN)) {
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{.rlim_cur = size, .rlim_max = before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FullDisk() {
        setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, signal_);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

private:
    void (*signal_)(int);
    rlimit before_{};
};

TEST(Journal, EachLineIsThereAsSoonAsItIsAppended) {
    const TempFolder folder;
    const auto file = folder.path() / "journal";
    Journal journal(file);
    EXPECT_EQ(text_of(file), "");
    journal.append("one");
    EXPECT_EQ(text_of(file), "one\n");
    journal.append("two");
    EXPECT_EQ(text_of(file), "one\ntwo\n");
}

TEST(Journal, GoesOnBehindWhatIsThereAlready) {
    const TempFolder folder;
    const auto file = folder.write("journal", "one\n");
    Journal(file).append("two");
    EXPECT_EQ(text_of(file), "one\ntwo\n");
}

TEST(Journal, ALineThatADeadMachineCutOffDoesNotSwallowTheNext) {
    const TempFolder folder;
    const auto file = folder.write("journal", line_of(0) + "\n" + line_of(1).substr(0, 50));
    Journal(file).append(line_of(2));

    const auto found = visits(file);
    ASSERT_EQ(found.size(), 2);
    EXPECT_EQ(std::get<0>(found[0]), 0);
    EXPECT_EQ(std::get<0>(found[1]), 2);
    EXPECT_EQ(std::get<2>(found[1]), line_of(2));
}

TEST(Journal, ALineThatDidNotFitOnTheDiskIsAnErrorAndDoesNotSwallowTheNext) {
    const TempFolder folder;
    const auto file = folder.path() / "journal";
    Journal journal(file);
    journal.append(line_of(0));
    {
        const FullDisk full(journal_size(file) + 10);
        const auto error = thrown_by<StorageError>([&] { journal.append(line_of(1)); });
        EXPECT_THAT(error.what(), HasSubstr("cannot write " + file.string()));
        EXPECT_EQ(text_of(file), line_of(0) + "\n" + line_of(1).substr(0, 10));
        thrown_by<StorageError>([&] { journal.append(line_of(2)); });
    }
    journal.append(line_of(3));
    journal.append(line_of(4));

    std::vector<std::int64_t> items;
    for (const auto& [item, offset, line] : visits(file)) {
        items.push_back(item);
        EXPECT_EQ(line, line_of(item));
    }
    EXPECT_THAT(items, ElementsAre(0, 3, 4));
    EXPECT_TRUE(text_of(file).ends_with("\n" + line_of(3) + "\n" + line_of(4) + "\n"));
}

TEST(Journal, AWriteThatTheSystemRefusesIsAStorageErrorWithItsReason) {
    Journal full("/dev/full");
    const auto error = thrown_by<StorageError>([&] { full.append("line"); });
    EXPECT_STREQ(error.what(), "cannot write /dev/full: No space left on device");
}

TEST(Journal, InAFolderThatIsNotThereIsAStorageErrorThatNamesThePath) {
    const TempFolder folder;
    const auto file = folder.path() / "nowhere" / "journal";
    const auto error = thrown_by<StorageError>([&] { Journal journal(file); });
    EXPECT_THAT(error.what(), HasSubstr(file.string()));
    EXPECT_THAT(error.what(), HasSubstr("No such file or directory"));
}

TEST(Journal, LinesOfTwoThatWriteAtOnceDoNotMix) {
    constexpr std::int64_t kLines = 2'000;
    const TempFolder folder;
    const auto file = folder.path() / "journal";
    // Up to some pages, so that a write in parts would show.
    const auto line = [](std::int64_t item) {
        return line_of(item, std::string(static_cast<std::size_t>(item * 7 % 9'000), 'x'));
    };
    std::latch both(2);
    const auto run = [&](std::int64_t first) {
        Journal journal(file);
        both.arrive_and_wait();
        for (std::int64_t item = first; item < first + kLines; ++item) {
            journal.append(line(item));
        }
    };
    std::jthread other([&] { run(kLines); });
    run(0);
    other.join();

    const auto found = visits(file);
    EXPECT_EQ(found.size(), 2 * kLines);
    std::array<std::int64_t, 2> next{0, kLines};
    for (const auto& [item, offset, text] : found) {
        EXPECT_EQ(item, next.at(item < kLines ? 0 : 1)++);
        EXPECT_TRUE(text == line(item)) << item;
    }
    const std::string text = text_of(file);
    EXPECT_EQ(std::ranges::count(text, '\n'), 2 * kLines);
}

TEST(ReadJournal, TellsOfEachLineItsItemAndWhereItStands) {
    const TempFolder folder;
    const auto file = folder.write("journal", line_of(7) + "\n" + line_of(3) + "\n");
    EXPECT_THAT(
        visits(file),
        ElementsAre(Visit(7, 0, line_of(7)), Visit(3, line_of(7).size() + 1, line_of(3)))
    );
}

TEST(ReadJournal, BeginsWhereItIsTold) {
    const TempFolder folder;
    const auto file = folder.path() / "journal";
    Journal journal(file);
    journal.append(line_of(7));
    const std::uint64_t from = journal_size(file);
    EXPECT_THAT(visits(file, from), IsEmpty());
    journal.append(line_of(3));
    EXPECT_THAT(visits(file, from), ElementsAre(Visit(3, from, line_of(3))));
    EXPECT_THAT(visits(file, journal_size(file) + 10), IsEmpty());
}

TEST(ReadJournal, LinesThatAreOfNoItemAreSkipped) {
    const TempFolder folder;
    const auto file = folder.write(
        "journal", "\nnoise\n{}\n" + line_of(1).substr(0, 30) + "\n" + line_of(2) + "\n\n"
    );
    const auto found = visits(file);
    ASSERT_EQ(found.size(), 1);
    EXPECT_EQ(std::get<0>(found[0]), 2);
}

TEST(ReadJournal, ALastLineWithoutItsNewlineIsNotThereYet) {
    const TempFolder folder;
    const auto file = folder.write("journal", line_of(1) + "\n" + line_of(2));
    EXPECT_EQ(visits(file).size(), 1);
}

TEST(ReadJournal, LinesLongerThanAnyBufferArriveWhole) {
    const TempFolder folder;
    const std::string lengthy = line_of(1, std::string(3'000'000, 'x'));
    const auto file =
        folder.write("journal", line_of(0) + "\n" + lengthy + "\n" + line_of(2) + "\n");
    const auto found = visits(file);
    ASSERT_EQ(found.size(), 3);
    EXPECT_TRUE(std::get<2>(found[1]) == lengthy);
    EXPECT_EQ(std::get<1>(found[2]), line_of(0).size() + lengthy.size() + 2);
}

TEST(ReadJournal, AFileThatIsNotThereHasNoLinesAndNoBytes) {
    const TempFolder folder;
    EXPECT_THAT(visits(folder.path() / "absent"), IsEmpty());
    EXPECT_EQ(journal_size(folder.path() / "absent"), 0);
}

TEST(JournalSize, IsInBytes) {
    const TempFolder folder;
    EXPECT_EQ(journal_size(folder.write("journal", "12345\n")), 6);
}

TEST(JournalSize, APathThatCannotBeLookedAtIsAStorageErrorThatNamesIt) {
    const TempFolder folder;
    const auto file = folder.write("file", "") / "journal";
    const auto error = thrown_by<StorageError>([&] { (void)journal_size(file); });
    EXPECT_THAT(error.what(), HasSubstr(file.string()));
    EXPECT_THAT(error.what(), HasSubstr("Not a directory"));
}

TEST(Journal, ALineThatWasCutOffBehindAnyOfItsBytesIsNeverTakenForTheItems) {
    const TempFolder folder;
    const std::string whole = line_of(1);
    for (std::size_t size = 1; size < whole.size(); ++size) {
        const auto file = folder.write("journal", whole.substr(0, size));
        EXPECT_THAT(visits(file), IsEmpty()) << size;
        Journal(file).append(line_of(2));
        const auto found = visits(file);
        ASSERT_EQ(found.size(), 1) << size;
        EXPECT_EQ(std::get<2>(found[0]), line_of(2)) << size;
    }
}

}  // namespace
}  // namespace inference
