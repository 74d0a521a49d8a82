/// @file converter/proto_priority.hpp
/// @brief A priority from and to protobuf.
#pragma once

#include "temporal/api/common/v1/message.pb.h"
#include "temporal/priority.hpp"

#include <utility>

namespace temporal::proto {

inline void encode_priority(const Priority& priority, api::common::v1::Priority& message) {
    message.set_priority_key(priority.key);
    message.set_fairness_key(priority.fairness_key);
    message.set_fairness_weight(priority.fairness_weight);
}

inline Priority take_priority(api::common::v1::Priority& message) {
    return {
        .key = message.priority_key(),
        .fairness_key = std::move(*message.mutable_fairness_key()),
        .fairness_weight = message.fairness_weight()
    };
}

}  // namespace temporal::proto
