/// @file temporal/detail/workflow_type.hpp
/// @brief A workflow definition without its C++ type, as the worker keeps it.
#pragma once

#include "temporal/closed_workflow.hpp"
#include "temporal/payload.hpp"
#include "temporal/task.hpp"
#include "temporal/workflow_context.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace temporal::detail {

enum class HandlerKind { kSignal, kQuery, kUpdate };

/// A handler, as people see it.
struct HandlerInfo {
    HandlerKind kind;
    std::string_view name;
    std::string_view description;
};

/// One live workflow object: the user's state and its handlers.
class WorkflowObject {
public:
    virtual ~WorkflowObject() = default;
    /// The main coroutine; encodes its result.
    virtual Task<Payload> run(WorkflowContext context, Payloads arguments) = 0;
    /// Null where no such signal is defined. Errors: ConversionError for input that the handler cannot take.
    virtual std::unique_ptr<Task<void>> signal(
        WorkflowContext context, const std::string& name, const Payloads& input
    ) = 0;
    /// The handler of an update, decoded, validated where that is asked for, and not begun. Null where no such update is defined.
    /// Errors: ConversionError for input that the handler cannot take; what the validator throws.
    virtual std::unique_ptr<Task<Payload>> update(
        WorkflowContext context, const std::string& name, const Payloads& input, bool validates
    ) = 0;
    /// Empty where no such query is defined; throws what the handler throws.
    virtual std::optional<Payload> query(const std::string& name, const Payloads& arguments)
        const = 0;
};

/// A registered workflow: its name on the wire and how to make one.
struct WorkflowType {
    std::string name;
    std::unique_ptr<WorkflowObject> (*create)(WorkflowContext context);
    std::span<const HandlerInfo> handlers = {};
    // Told of runs, with the object that `create` made. Empty: nobody asks.
    std::function<void(const WorkflowObject&, const ProgressedWorkflow&)> on_progress = {};
    std::function<void(const WorkflowObject&, const ClosedWorkflow&)> on_closed = {};
};

}  // namespace temporal::detail
