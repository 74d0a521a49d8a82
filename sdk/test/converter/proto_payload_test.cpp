#include "converter/proto_payload.hpp"

#include "temporal/converter.hpp"

#include <gtest/gtest.h>

namespace temporal::proto {
namespace {

TEST(ProtoPayload, ListsAndMapsComeBackAsTheyWere) {
    const Payloads list = to_payloads(1, std::string("zwei"), std::optional<int>{});
    const PayloadMap map = {{"a", to_payload(1)}, {"b", to_payload(2)}};
    api::common::v1::Payloads list_message;
    api::common::v1::Memo map_message;

    encode_payloads(list, *list_message.mutable_payloads());
    encode_payload_map(map, *map_message.mutable_fields());

    EXPECT_EQ(take_payloads(*list_message.mutable_payloads()), list);
    EXPECT_EQ(take_payload_map(*map_message.mutable_fields()), map);
}

TEST(ProtoPayload, DecodingTakesTheBytesAndCopiesNone) {
    api::common::v1::Payload message;
    message.set_data(std::string(1 << 20, 'x'));
    const char* const bytes = message.data().data();

    const Payload payload = take_payload(message);

    EXPECT_EQ(payload.data.data(), bytes);
}

}  // namespace
}  // namespace temporal::proto
