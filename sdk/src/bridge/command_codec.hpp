/// @file bridge/command_codec.hpp
/// @brief Workflow commands as protobuf.
#pragma once

#include "temporal/sdk/core/workflow_commands/workflow_commands.pb.h"
#include "workflow/command.hpp"

namespace temporal::bridge {

/// What protobuf's default would leave to core is written out, for core's defaults are not always
/// the SDK's.
void encode_command(
    const workflows::Command& command, coresdk::workflow_commands::WorkflowCommand& message
);

}  // namespace temporal::bridge
