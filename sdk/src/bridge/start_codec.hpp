/// @file bridge/start_codec.hpp
/// @brief The options of a start as protobuf.
#pragma once

#include "temporal/api/workflowservice/v1/request_response.pb.h"
#include "temporal/payload.hpp"
#include "temporal/start_options.hpp"

#include <string_view>

namespace temporal::bridge {

/// Writes all but the namespace, the identity and the request's id.
void encode_start(
    std::string_view workflow_type,
    const Payloads& arguments,
    const StartOptions& options,
    api::workflowservice::v1::StartWorkflowExecutionRequest& request
);

}  // namespace temporal::bridge
