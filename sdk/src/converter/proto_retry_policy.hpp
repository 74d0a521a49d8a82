/// @file converter/proto_retry_policy.hpp
/// @brief A retry policy, borrowed or owned, as protobuf.
#pragma once

#include "converter/proto_time.hpp"
#include "temporal/api/common/v1/message.pb.h"

#include <string>

namespace temporal::proto {

/// `Policy` is temporal::RetryPolicy or workflows::OwnedRetryPolicy: they differ only in who owns
/// the strings.
template <class Policy>
void encode_retry_policy(const Policy& policy, api::common::v1::RetryPolicy& message) {
    encode_duration(policy.initial_interval, *message.mutable_initial_interval());
    message.set_backoff_coefficient(policy.backoff_coefficient);
    if (policy.maximum_interval) {
        encode_duration(*policy.maximum_interval, *message.mutable_maximum_interval());
    }
    message.set_maximum_attempts(policy.maximum_attempts);
    for (const auto& type : policy.non_retryable_error_types) {
        message.add_non_retryable_error_types(std::string(type));
    }
}

}  // namespace temporal::proto
