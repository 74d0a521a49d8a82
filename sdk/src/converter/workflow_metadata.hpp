/// @file converter/workflow_metadata.hpp
/// @brief What Temporal's UI and CLI ask every workflow of every SDK.
#pragma once

#include "temporal/detail/workflow_type.hpp"
#include "temporal/payload.hpp"

#include <span>
#include <string>
#include <string_view>

namespace temporal {

/// Asks for the handlers and the current details.
inline constexpr std::string_view kMetadataQuery = "__temporal_workflow_metadata";
/// Asks what the run waits for, as text.
inline constexpr std::string_view kStackTraceQuery = "__stack_trace";

/// A temporal.api.sdk.v1.WorkflowMetadata as json/protobuf, with the handlers by name and these two queries among them.
[[nodiscard]] Payload metadata_payload(
    std::string_view workflow_type,
    std::span<const detail::HandlerInfo> handlers,
    const std::string& current_details
);

}  // namespace temporal
