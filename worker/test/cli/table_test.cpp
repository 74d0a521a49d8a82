#include "cli/table.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace inference::cli {
namespace {

std::string print(const Table& table) {
    std::ostringstream out;
    out << table;
    return out.str();
}

TEST(Table, ColumnsAreAsWideAsTheirWidestCellAndNothingTrails) {
    Table table({"MODEL", "HEALTH"});
    table.add({"llama-3-8b", "ready"});
    table.add({"x", ""});
    EXPECT_EQ(print(table), "MODEL       HEALTH\nllama-3-8b  ready\nx           \n");
}

TEST(Table, ALetterBeyondAsciiIsOneColumnWide) {
    Table table({"A", "B"});
    table.add({"é", "1"});
    EXPECT_EQ(print(table), "A  B\né  1\n");
}

TEST(Table, AServersTextCannotSteerTheTerminal) {
    EXPECT_EQ(printable("a\x1b[31mb\nc\x7f"), "a?[31mb?c?");
    Table table({"A"});
    table.add({"\x1b]0;x\a"});
    EXPECT_EQ(print(table), "A\n?]0;x?\n");
}

}  // namespace
}  // namespace inference::cli
