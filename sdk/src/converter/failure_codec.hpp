/// @file converter/failure_codec.hpp
/// @brief Failures between exceptions and protobuf.
#pragma once

#include "temporal/api/failure/v1/message.pb.h"
#include "temporal/failure.hpp"

namespace temporal::proto {

/// The `source` of failures that were made in this process.
inline constexpr std::string_view kFailureSource = "CppSDK";

/// Takes the strings of `message`. Kinds that this SDK does not know become UnknownFailure;
/// `encoded_attributes` is ignored. Never null.
[[nodiscard]] FailurePtr take_failure(api::failure::v1::Failure& message);

/// Writes the whole chain of causes.
void encode_failure(const Failure& failure, api::failure::v1::Failure& message);

}  // namespace temporal::proto
