#include "events/event_file.hpp"

#include <gtest/gtest.h>

namespace inference {
namespace {

TEST(EventFile, IsNamedAfterTheJobAndLiesInTheFolderWhateverTheIdIs) {
    EXPECT_EQ(event_file("d", "inf-01.a_B"), "d/inf-01.a_B.jsonl");
    EXPECT_EQ(event_file("d", "../../etc/x"), "d/%2e.%2f..%2fetc%2fx.jsonl");
    EXPECT_EQ(event_file("d", "a b%"), "d/a%20b%25.jsonl");
    EXPECT_EQ(event_file("d", "\xC3\xA9"), "d/%c3%a9.jsonl");
}

TEST(EventFile, OfALongIdHasANameThatFilesMayHaveAndNoOtherHas) {
    const std::string long_id(1000, 'x');
    const auto file = event_file("d", long_id);
    EXPECT_LE(file.filename().string().size(), 255);
    EXPECT_NE(file, event_file("d", long_id + "y"));
}

}  // namespace
}  // namespace inference
