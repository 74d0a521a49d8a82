/// @file converter/enum_names.hpp
/// @brief The two spellings of enumerators in Temporal's JSON.
#pragma once

#include <google/protobuf/descriptor.h>
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace temporal::proto {

/// Replaces the short names ("WorkflowExecutionStarted") in `value`, which describes a message of
/// that type, by protobuf's ("EVENT_TYPE_WORKFLOW_EXECUTION_STARTED"), all the way down. What is
/// neither stays as it is.
void lengthen_enum_names(nlohmann::json& value, const google::protobuf::Descriptor& type);

}  // namespace temporal::proto
