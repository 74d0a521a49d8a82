/// @file bridge/execution_codec.hpp
/// @brief The server's records of workflows and queues as plain structs. Takes the messages'
/// strings.
#pragma once

#include "temporal/api/workflowservice/v1/request_response.pb.h"
#include "temporal/server_info.hpp"
#include "temporal/workflow_execution.hpp"

namespace temporal::bridge {

[[nodiscard]] WorkflowExecution take_execution(api::workflow::v1::WorkflowExecutionInfo& message);
[[nodiscard]] WorkflowDescription take_description(
    api::workflowservice::v1::DescribeWorkflowExecutionResponse& message
);
[[nodiscard]] TaskQueueDescription take_task_queue(
    api::workflowservice::v1::DescribeTaskQueueResponse& message
);
[[nodiscard]] NamespaceDescription take_namespace(
    api::workflowservice::v1::DescribeNamespaceResponse& message
);

}  // namespace temporal::bridge
