/// @file temporal/detail/workflow_runtime.hpp
/// @brief What a workflow context asks of its run.
#pragma once

#include "temporal/activity_options.hpp"
#include "temporal/cancellation_scope.hpp"
#include "temporal/detail/operation.hpp"
#include "temporal/payload.hpp"
#include "temporal/random.hpp"
#include "temporal/search_attributes.hpp"
#include "temporal/task.hpp"
#include "temporal/workflow_info.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace temporal::detail {

/// Thrown by `continue_as_new`. Not a std::exception, so that a workflow which catches those does not catch this.
struct ContinueAsNewRequest {
    std::string workflow_type;
    std::string task_queue;
    Payloads arguments;
    std::optional<Duration> run_timeout;
    std::optional<Duration> task_timeout;
    PayloadMap memo;
};

/// One run, as its contexts see it. Implemented by workflows::Instance.
class WorkflowRuntime {
public:
    virtual ~WorkflowRuntime() = default;

    virtual Scheduler& scheduler() noexcept = 0;
    virtual const WorkflowInfo& info() const noexcept = 0;
    virtual std::chrono::system_clock::time_point now() const noexcept = 0;
    virtual bool is_replaying() const noexcept = 0;
    virtual std::uint32_t history_length() const noexcept = 0;
    virtual std::uint64_t history_size_bytes() const noexcept = 0;
    virtual bool continue_as_new_suggested() const noexcept = 0;
    virtual Random& random() = 0;

    virtual OperationPtr start_timer(
        const ScopePtr& scope, Duration duration, std::string_view summary
    ) = 0;
    virtual OperationPtr schedule_activity(
        const ScopePtr& scope,
        std::string_view type,
        Payloads arguments,
        const ActivityOptions& options
    ) = 0;
    virtual OperationPtr schedule_local_activity(
        const ScopePtr& scope,
        std::string_view type,
        Payloads arguments,
        const LocalActivityOptions& options
    ) = 0;
    virtual bool decide(std::string_view patch_id, bool preferred) = 0;
    virtual void deprecate_patch(std::string_view patch_id) = 0;
    virtual void upsert_search_attributes(const SearchAttributes& changes) = 0;
    virtual void upsert_memo(const PayloadMap& changes) = 0;
    virtual void set_current_details(std::function<std::string()> markdown) = 0;
    virtual bool all_handlers_finished() const noexcept = 0;
    /// Owns the task until it is done or the run is gone.
    virtual void adopt(Task<void> task) = 0;
    /// Fails the workflow task with an exception that is no Failure.
    virtual void fail_task(std::exception_ptr exception) noexcept = 0;
};

}  // namespace temporal::detail
