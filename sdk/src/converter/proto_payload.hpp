/// @file converter/proto_payload.hpp
/// @brief Payloads between plain structs and protobuf messages. Decoding takes the message's
/// strings, not copies.
#pragma once

#include "temporal/api/common/v1/message.pb.h"
#include "temporal/payload.hpp"

#include <google/protobuf/map.h>
#include <google/protobuf/repeated_field.h>

namespace temporal::proto {

using PayloadList = google::protobuf::RepeatedPtrField<api::common::v1::Payload>;
using PayloadFields = google::protobuf::Map<std::string, api::common::v1::Payload>;

[[nodiscard]] Payload take_payload(api::common::v1::Payload& message);
[[nodiscard]] Payloads take_payloads(PayloadList& messages);
[[nodiscard]] PayloadMap take_payload_map(PayloadFields& messages);

void encode_payload(const Payload& payload, api::common::v1::Payload& message);
void encode_payloads(const Payloads& payloads, PayloadList& messages);
void encode_payload_map(const PayloadMap& payloads, PayloadFields& messages);

}  // namespace temporal::proto
