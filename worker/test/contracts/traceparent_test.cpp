#include "contracts/traceparent.hpp"

#include <gtest/gtest.h>

namespace inference {
namespace {

TEST(Traceparent, IsThatOfW3c) {
    EXPECT_TRUE(is_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
    EXPECT_TRUE(is_traceparent("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more"))
        << "of a later version";
}

TEST(Traceparent, IsNothingElse) {
    for (const auto* text : {
             "",
             "00",
             "hello",
             "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",  // upper case
             "00-00000000000000000000000000000000-b7ad6b7169203331-01",  // no trace id
             "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",  // no parent id
             "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",  // a version that cannot be
             "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x",
             "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",  // version 00 has no more
             "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
             "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x",
         }) {
        EXPECT_FALSE(is_traceparent(text)) << text;
    }
}

TEST(Traceparent, SaysWhoAsksAndWhetherTheTraceIsKept) {
    EXPECT_EQ(
        parent_id_of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), "b7ad6b7169203331"
    );
    EXPECT_EQ(parent_id_of("nothing"), "");
    EXPECT_TRUE(is_sampled("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03"));
    EXPECT_FALSE(is_sampled("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"));
    EXPECT_FALSE(is_sampled("nothing"));
}

TEST(Traceparent, HasTheIdOfItsTrace) {
    EXPECT_EQ(
        trace_id_of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        "0af7651916cd43dd8448eb211c80319c"
    );
    EXPECT_EQ(trace_id_of("00-0af7651916cd43dd8448eb211c80319c"), "");
}

}  // namespace
}  // namespace inference
