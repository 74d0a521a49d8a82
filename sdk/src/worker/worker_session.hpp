/// @file worker/worker_session.hpp
/// @brief One run of a worker over core: validate, poll, drain, finalize.
#pragma once

#include "activity/registry.hpp"
#include "bridge/core_worker.hpp"
#include "temporal/detail/workflow_type.hpp"
#include "temporal/retry_policy.hpp"
#include "worker/activity_worker.hpp"
#include "worker/core_events.hpp"
#include "worker/workflow_worker.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace temporal::worker {

struct WorkerSessionOptions {
    std::string address;  ///< For messages.
    std::string namespace_name;
    std::string task_queue;
    std::size_t max_concurrent_activities = 100;
    std::size_t workflow_threads = 1;
    Duration drain_grace{0};
    std::function<void(std::string_view message)> on_warning = [](std::string_view) {};
};

/// Shared, so that one whose drain did not finish in time can be left behind.
///
/// Threads: `run` on one; the rest on any.
class WorkerSession : public std::enable_shared_from_this<WorkerSession> {
public:
    WorkerSession(
        WorkerSessionOptions options,
        activity::Registry activities,
        const std::vector<detail::WorkflowType>& workflows,
        std::shared_ptr<bridge::CoreWorker> core
    );

    /// Call once. See Worker::run.
    void run(const std::stop_token& stop);

    [[nodiscard]] bool polling() const noexcept { return polling_; }
    [[nodiscard]] std::size_t running_activities() const { return activity_worker_.running(); }

private:
    /// False if `stop` fired first.
    bool validate(const std::stop_token& stop);
    void start();
    void drain();
    void finalize(CoreEvents::Deadline deadline);

    void on_task(bridge::TaskKind kind, bridge::Buffer task) noexcept;
    void warn_of_abandoned(const std::vector<std::string>& activity_types);

    const WorkerSessionOptions options_;
    const std::shared_ptr<bridge::CoreWorker> core_;
    const std::shared_ptr<CoreEvents> events_;
    ActivityWorker activity_worker_;
    std::unique_ptr<WorkflowWorker> workflow_worker_;
    std::atomic<bool> polling_ = false;
};

}  // namespace temporal::worker
