#include "converter/proto_payload.hpp"

#include <utility>

namespace temporal::proto {

Payload take_payload(api::common::v1::Payload& message) {
    Payload payload;
    for (auto& [key, value] : *message.mutable_metadata()) {
        payload.metadata.emplace(key, std::move(value));
    }
    payload.data = std::move(*message.mutable_data());
    return payload;
}

Payloads take_payloads(PayloadList& messages) {
    Payloads payloads;
    payloads.reserve(static_cast<std::size_t>(messages.size()));
    for (auto& message : messages) {
        payloads.push_back(take_payload(message));
    }
    return payloads;
}

PayloadMap take_payload_map(PayloadFields& messages) {
    PayloadMap payloads;
    for (auto& [key, message] : messages) {
        payloads.emplace(key, take_payload(message));
    }
    return payloads;
}

void encode_payload(const Payload& payload, api::common::v1::Payload& message) {
    for (const auto& [key, value] : payload.metadata) {
        (*message.mutable_metadata())[key] = value;
    }
    message.set_data(payload.data);
}

void encode_payloads(const Payloads& payloads, PayloadList& messages) {
    messages.Reserve(messages.size() + static_cast<int>(payloads.size()));
    for (const Payload& payload : payloads) {
        encode_payload(payload, *messages.Add());
    }
}

void encode_payload_map(const PayloadMap& payloads, PayloadFields& messages) {
    for (const auto& [key, payload] : payloads) {
        encode_payload(payload, messages[key]);
    }
}

}  // namespace temporal::proto
