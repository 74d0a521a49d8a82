#include "contracts/details_table.hpp"

#include <gtest/gtest.h>

namespace inference {
namespace {

TEST(DetailsTable, IsATableInMarkdownWithoutEmptyRows) {
    EXPECT_EQ(
        DetailsTable().add("model", "echo").add("client", "").add("priority", "low").text(),
        "| | |\n|---|---|\n| model | echo |\n| priority | low |\n"
    );
}

TEST(DetailsTable, NoValueLeavesItsCell) {
    EXPECT_EQ(
        DetailsTable().add("model", "a|b\nc\\d").text(),
        "| | |\n|---|---|\n| model | a\\|b c\\\\d |\n"
    );
}

}  // namespace
}  // namespace inference
