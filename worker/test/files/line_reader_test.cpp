#include "files/line_reader.hpp"

#include "cli/temp_folder.hpp"
#include "files/file_handle.hpp"
#include "files/file_text.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>

#include <cstdint>
#include <string>
#include <vector>

namespace inference {
namespace {

using cli::testing::TempFolder;

struct Line {
    std::uint64_t offset = 0;
    std::string text;
    bool is_whole = true;

    bool operator==(const Line&) const = default;
};

void PrintTo(const Line& line, std::ostream* out) {
    *out << line.offset << (line.is_whole ? " " : " torn ") << line.text.substr(0, 40);
}

using Lines = std::vector<Line>;

Lines lines_of(const std::string& content, std::uint64_t from = 0) {
    const TempFolder folder;
    const FileHandle file(folder.write("lines", content), O_RDONLY);
    LineReader reader(file, from);
    Lines lines;
    while (const auto line = reader.next()) {
        lines.push_back({line->offset, std::string(line->text), line->is_whole});
    }
    EXPECT_FALSE(reader.next()) << "the end stays the end";
    return lines;
}

TEST(LineReader, GivesEachLineWithItsOffsetAndWithoutItsNewline) {
    EXPECT_EQ(lines_of("a\nbcd\n\ne\n"), (Lines{{0, "a"}, {2, "bcd"}, {6, ""}, {7, "e"}}));
}

TEST(LineReader, OfAnEmptyFileHasNone) {
    EXPECT_EQ(lines_of(""), Lines{});
    EXPECT_EQ(lines_of("a\n", 2), Lines{});
    EXPECT_EQ(lines_of("a\n", 7), Lines{}) << "beyond the end";
}

TEST(LineReader, GivesALastLineWithoutANewlineAndSaysSo) {
    EXPECT_EQ(lines_of("a\nb"), (Lines{{0, "a"}, {2, "b", false}}));
    EXPECT_EQ(lines_of("a"), (Lines{{0, "a", false}}));
}

TEST(LineReader, BeginsWhereItIsTold) {
    EXPECT_EQ(lines_of("abc\nde\nf", 4), (Lines{{4, "de"}, {7, "f", false}}));
    EXPECT_EQ(lines_of("abc\nde\n", 1), (Lines{{1, "bc"}, {4, "de"}}));
}

TEST(LineReader, KeepsWhatIsNoNewline) {
    const std::string odd("a\r\0\xFF", 4);
    EXPECT_EQ(lines_of(odd + "\n"), (Lines{{0, odd}}));
}

TEST(LineReader, ReadsLinesThatAreLongerThanItsBlocks) {
    constexpr std::size_t kBlock = 256 * 1024;
    for (const std::size_t size : {kBlock - 1, kBlock, kBlock + 1, 3 * kBlock + 7}) {
        const std::string text(size, 'x');
        EXPECT_EQ(
            lines_of("a\n" + text + "\nb\n" + text),
            (Lines{{0, "a"}, {2, text}, {size + 3, "b"}, {size + 5, text, false}})
        ) << size;
    }
}

TEST(LineReader, ReadsAHundredThousandLinesInOrder) {
    std::string content;
    Lines expected;
    for (int i = 0; i < 100'000; ++i) {
        expected.push_back({content.size(), std::to_string(i)});
        content += std::to_string(i) + "\n";
    }
    EXPECT_TRUE(lines_of(content) == expected);
}

}  // namespace
}  // namespace inference
