#include "files/item_index.hpp"

#include "cli/temp_folder.hpp"
#include "files/file_handle.hpp"
#include "files/file_text.hpp"
#include "files/replace_file.hpp"
#include "files/storage_error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace inference {
namespace {

using cli::testing::TempFolder;
using cli::testing::thrown_by;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::names_in;
using ::testing::Pair;
using testing::text_of;

constexpr const char* kByteOrderMark = "\xEF\xBB\xBF";

/// What a scan tells of a file.
struct Scan {
    std::vector<std::uint64_t> offsets;
    std::vector<std::int64_t> places;
    std::vector<std::pair<std::int64_t, std::string>> items;  // By line number.
};

Scan scan(const std::filesystem::path& file) {
    Scan scan;
    scan.offsets = scan_items(
        FileHandle(file, O_RDONLY),
        [&](std::int64_t item, std::int64_t line_number, std::string_view text) {
            scan.places.push_back(item);
            scan.items.emplace_back(line_number, text);
        }
    );
    return scan;
}

void write_index(const std::filesystem::path& index, const std::vector<std::uint64_t>& offsets) {
    replace_file(index, [&](const WriteBytes& write) { inference::write_index(offsets, write); });
}

std::vector<std::uint64_t> read_index(const std::filesystem::path& index) {
    return inference::read_index(FileHandle(index, O_RDONLY));
}

std::vector<std::string> read_items(
    const std::filesystem::path& lines,
    const std::filesystem::path& index,
    std::int64_t first,
    std::int64_t count
) {
    return inference::read_items(
        FileHandle(lines, O_RDONLY), FileHandle(index, O_RDONLY), first, count
    );
}

/// A text that is read in small blocks, and counts how often.
class SmallBlocks final : public ByteSource {
public:
    SmallBlocks(std::string text, std::size_t block) : text_(std::move(text)), block_(block) {}

    [[nodiscard]] std::string name() const override { return "text"; }
    [[nodiscard]] std::uint64_t size() const override { return text_.size(); }
    void read_at(std::uint64_t offset, std::size_t count, std::string& out) const override {
        out = text_.substr(std::min<std::size_t>(offset, text_.size()), count);
        ++reads;
    }
    [[nodiscard]] std::size_t block_size() const override { return block_; }

    mutable int reads = 0;

private:
    std::string text_;
    std::size_t block_;
};

/// All items of a text, by way of an index.
std::vector<std::string> read_all(const TempFolder& folder, const std::string& text) {
    const auto lines = folder.write("lines", text);
    const auto index = folder.path() / "index";
    const auto offsets = scan(lines).offsets;
    write_index(index, offsets);
    return read_items(lines, index, 0, std::ssize(offsets) - 1);
}

TEST(ScanItems, TellsOfEachItemItsPlaceItsLineAndItsText) {
    const TempFolder folder;
    const Scan found = scan(folder.write("lines", "one\n\ntwo\n \t\r\n three\n"));

    EXPECT_THAT(found.places, ElementsAre(0, 1, 2));
    EXPECT_THAT(found.items, ElementsAre(Pair(1, "one"), Pair(3, "two"), Pair(5, " three")));
    EXPECT_THAT(found.offsets, ElementsAre(0, 5, 13, 19));
}

TEST(ScanItems, WhatIsBlankAtTheEndOfALineIsNoPartOfTheItem) {
    const TempFolder folder;
    const Scan found = scan(folder.write("lines", "one\r\ntwo \t \nthree\r"));
    EXPECT_THAT(found.items, ElementsAre(Pair(1, "one"), Pair(2, "two"), Pair(3, "three")));
}

TEST(ScanItems, TheLastLineNeedsNoNewline) {
    const TempFolder folder;
    const Scan found = scan(folder.write("lines", "one\ntwo"));
    EXPECT_THAT(found.items, ElementsAre(Pair(1, "one"), Pair(2, "two")));
    EXPECT_THAT(found.offsets, ElementsAre(0, 4, 7));
}

TEST(ScanItems, AByteOrderMarkIsSkippedAtTheBeginningAndNowhereElse) {
    const TempFolder folder;
    const std::string mark = kByteOrderMark;
    const Scan found = scan(folder.write("lines", mark + "one\n" + mark + "two\n"));
    EXPECT_THAT(found.items, ElementsAre(Pair(1, "one"), Pair(2, mark + "two")));
}

TEST(ScanItems, AFileWithoutItemsHasNothingButItsEnd) {
    const TempFolder folder;
    for (const std::string text : {"", "\n", " \n\r\n\t", kByteOrderMark}) {
        const Scan found = scan(folder.write("lines", text));
        EXPECT_THAT(found.items, IsEmpty());
        EXPECT_EQ(found.offsets.size(), 1);
    }
}

TEST(ScanItems, LinesLongerThanAnyBufferArriveWhole) {
    const TempFolder folder;
    const std::string lengthy(1'500'000, 'x');
    const std::string longest(3'000'000, 'y');
    const Scan found =
        scan(folder.write("lines", "one\n" + lengthy + "\ntwo\n" + longest + "\nthree\n"));

    ASSERT_EQ(found.items.size(), 5);
    EXPECT_TRUE(found.items[1].second == lengthy);
    EXPECT_EQ(found.items[2].second, "two");
    EXPECT_TRUE(found.items[3].second == longest);
    EXPECT_EQ(found.items[4].second, "three");
}

TEST(ScanItems, LinesOfEachLengthAroundABuffersEndArriveWhole) {
    const TempFolder folder;
    for (const std::size_t length : {262'142, 262'143, 262'144, 262'145}) {
        const std::string line(length, 'x');
        const Scan found = scan(folder.write("lines", line + "\ntwo\n"));
        ASSERT_EQ(found.items.size(), 2) << length;
        EXPECT_EQ(found.items[0].second.size(), length);
        EXPECT_EQ(found.items[1].second, "two");
    }
}

TEST(ScanItems, EndsWithWhatTheVisitorThrows) {
    const TempFolder folder;
    const auto file = folder.write("lines", "one\ntwo\n");
    int seen = 0;
    thrown_by<std::logic_error>([&] {
        scan_items(FileHandle(file, O_RDONLY), [&](std::int64_t, std::int64_t, std::string_view) {
            ++seen;
            throw std::logic_error("enough");
        });
    });
    EXPECT_EQ(seen, 1);
}

TEST(ScanItems, AFileThatCannotBeReadIsAStorageErrorThatNamesItAndTheReason) {
    const TempFolder folder;
    const auto absent = folder.path() / "absent";
    const auto of_absent = thrown_by<StorageError>([&] { scan(absent); });
    EXPECT_THAT(of_absent.what(), HasSubstr(absent.string()));
    EXPECT_THAT(of_absent.what(), HasSubstr("No such file or directory"));

    const auto of_folder = thrown_by<StorageError>([&] { scan(folder.path()); });
    EXPECT_THAT(of_folder.what(), HasSubstr(folder.path().string()));
    EXPECT_THAT(of_folder.what(), HasSubstr("Is a directory"));
}

TEST(ItemIndex, IsOfLittleEndianNumbersOfEightBytes) {
    const TempFolder folder;
    const auto index = folder.path() / "index";
    write_index(index, {0, 0x0102030405060708});

    const std::string expected("\0\0\0\0\0\0\0\0\x08\x07\x06\x05\x04\x03\x02\x01", 16);
    EXPECT_EQ(text_of(index), expected);
    EXPECT_THAT(read_index(index), ElementsAre(0, 0x0102030405060708));
}

TEST(ItemIndex, ReplacesAnOlderOneAndLeavesNothingBeside) {
    const TempFolder folder;
    const auto index = folder.write("index", std::string(800, 'x'));
    folder.write("index.tmp", std::string(800, 'y'));
    write_index(index, {0, 7});

    EXPECT_THAT(read_index(index), ElementsAre(0, 7));
    EXPECT_THAT(names_in(folder.path()), ElementsAre("index"));
}

TEST(ReadItems, GivesEachItemAsTheScanToldOfIt) {
    const TempFolder folder;
    const std::string mark = kByteOrderMark;
    EXPECT_THAT(
        read_all(folder, mark + "one\r\n\n \t\n two \n\n\nthree\n\n\n"),
        ElementsAre("one", " two", "three")
    );
    EXPECT_THAT(read_all(folder, "\n\none\ntwo"), ElementsAre("one", "two"));
}

TEST(ReadItems, GivesAnyPartOfThem) {
    const TempFolder folder;
    read_all(folder, "zero\none\n\ntwo\nthree\n");
    const auto read = [&](std::int64_t first, std::int64_t count) {
        return read_items(folder.path() / "lines", folder.path() / "index", first, count);
    };
    EXPECT_THAT(read(0, 1), ElementsAre("zero"));
    EXPECT_THAT(read(1, 2), ElementsAre("one", "two"));
    EXPECT_THAT(read(3, 1), ElementsAre("three"));
    EXPECT_THAT(read(4, 0), IsEmpty());
}

TEST(ReadItems, AsManyAsFitIntoABlockAreReadAtOnceAndALargerOneAlone) {
    const std::string text = "0\n1\n22222222222\n3\n4\n5\n";
    for (const auto& [block, reads] : {std::pair{100, 1}, {6, 3}, {1, 6}}) {
        const SmallBlocks lines(text, static_cast<std::size_t>(block));
        const auto offsets = scan_items(lines, [](std::int64_t, std::int64_t, std::string_view) {});
        std::string bytes;
        inference::write_index(offsets, [&](std::string_view part) { bytes += part; });
        lines.reads = 0;
        EXPECT_THAT(
            inference::read_items(lines, SmallBlocks(bytes, 1), 0, 6),
            ElementsAre("0", "1", "22222222222", "3", "4", "5")
        );
        EXPECT_EQ(lines.reads, reads) << block;
    }
}

TEST(ReadItems, ItemsThatTheIndexDoesNotHaveAreAStorageError) {
    const TempFolder folder;
    read_all(folder, "zero\none\n");
    for (const std::int64_t first : {1, 2, 9}) {
        const auto error = thrown_by<StorageError>([&] {
            read_items(folder.path() / "lines", folder.path() / "index", first, 2);
        });
        EXPECT_THAT(error.what(), HasSubstr((folder.path() / "index").string()));
    }
}

TEST(ReadItems, AnAbsentFileIsAStorageErrorThatNamesIt) {
    const TempFolder folder;
    read_all(folder, "zero\n");
    const auto lines = folder.path() / "lines";
    const auto index = folder.path() / "index";
    const auto absent = folder.path() / "absent";
    const auto of_lines = thrown_by<StorageError>([&] { read_items(absent, index, 0, 1); });
    EXPECT_THAT(of_lines.what(), HasSubstr(absent.string()));
    const auto of_index = thrown_by<StorageError>([&] { read_items(lines, absent, 0, 1); });
    EXPECT_THAT(of_index.what(), HasSubstr(absent.string()));
}

}  // namespace
}  // namespace inference
