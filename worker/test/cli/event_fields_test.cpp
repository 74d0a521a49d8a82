#include "cli/event_fields.hpp"

#include <gtest/gtest.h>

namespace inference::cli {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

TEST(EventFields, DurationsHaveFractionsOfASecond) {
    const json event{{"a", "1.250s"}, {"b", "10s"}, {"c", "1.2"}, {"d", 3}, {"e", "xs"}};
    EXPECT_EQ(duration_at(event, "/a"), 1250ms);
    EXPECT_EQ(duration_at(event, "/b"), 10s);
    for (const char* wrong : {"/c", "/d", "/e", "/f"}) {
        EXPECT_EQ(duration_at(event, wrong), std::nullopt) << wrong;
    }
}

TEST(EventFields, APayloadIsReadOnlyWhereItIsJson) {
    // "anNvbi9wbGFpbg==" is json/plain, "eyJhIjoxfQ==" is {"a":1}, "YmluYXJ5L3BsYWlu" is binary/plain.
    const auto payload = [](const char* encoding, const char* data) {
        return json{{"p", {{"metadata", {{"encoding", encoding}}}, {"data", data}}}};
    };
    EXPECT_EQ(payload_at(payload("anNvbi9wbGFpbg==", "eyJhIjoxfQ=="), "/p"), (json{{"a", 1}}));
    EXPECT_TRUE(payload_at(payload("YmluYXJ5L3BsYWlu", "eyJhIjoxfQ=="), "/p").is_null());
    EXPECT_TRUE(payload_at(payload("anNvbi9wbGFpbg==", "eyJh"), "/p").is_null());
    EXPECT_TRUE(payload_at(payload("anNvbi9wbGFpbg==", "not base64"), "/p").is_null());
    EXPECT_TRUE(payload_at(json::object(), "/p").is_null());
}

}  // namespace
}  // namespace inference::cli
