/// @file worker/workflow_worker.hpp
/// @brief Runs workflow tasks: decodes, finds the run, drives it, answers core.
#pragma once

#include "bridge/buffer.hpp"
#include "bridge/core_worker.hpp"
#include "temporal/detail/workflow_type.hpp"
#include "worker/serial_executor.hpp"
#include "workflow/activation.hpp"
#include "workflow/command.hpp"
#include "workflow/instance.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace temporal::worker {

struct WorkflowWorkerOptions {
    std::string namespace_name;
    std::string task_queue;
    std::size_t threads = 1;
    /// Something the operator should know, such as a failed workflow task. Called on a workflow thread.
    std::function<void(std::string_view message)> on_warning = [](std::string_view) {};
    /// A run left the cache. Called on a workflow thread, before core is answered.
    std::function<
        void(const std::string& run_id, workflows::EvictionReason, const std::string& message)>
        on_evicted = [](const std::string&, workflows::EvictionReason, const std::string&) {};
};

/// The cache of live runs and the threads that drive them.
///
/// A run stays with one thread for its life, so that its frames are resumed and destroyed where they live.
///
/// Threads: `on_activation` may be called from any thread and does not block. Destroy: after core reported the shutdown of
///          workflow tasks; waits for what is running and destroys the cached runs.
class WorkflowWorker {
public:
    WorkflowWorker(
        WorkflowWorkerOptions options,
        const std::vector<detail::WorkflowType>& types,
        std::shared_ptr<bridge::CoreWorker> core
    );
    ~WorkflowWorker();
    WorkflowWorker(const WorkflowWorker&) = delete;
    WorkflowWorker& operator=(const WorkflowWorker&) = delete;

    /// Takes a serialised WorkflowActivation.
    void on_activation(bridge::Buffer activation);

private:
    /// A thread and the runs that live on it.
    struct Shard {
        std::map<std::string, std::unique_ptr<workflows::Instance>, std::less<>> runs;
        SerialExecutor executor;  // Last, so that it stops before the runs go.
    };

    Shard& shard_of(std::string_view run_id);
    void handle(Shard& shard, std::string_view activation_bytes);
    workflows::Completion activate(Shard& shard, workflows::Activation activation);
    workflows::Completion evict(
        Shard& shard, const workflows::Activation& activation, const workflows::RemoveFromCache& job
    );
    workflows::Instance* find_or_make(
        Shard& shard, const workflows::Activation& activation, std::string& problem
    );
    void warn_if_failed(const workflows::Completion& completion);
    void warn_if_unfinished(
        const workflows::Instance& instance, const workflows::Completion& completion
    );
    void tell_observers(
        const workflows::Instance& instance, const workflows::Completion& completion
    );
    void complete(const workflows::Completion& completion);

    WorkflowWorkerOptions options_;
    std::map<std::string, detail::WorkflowType, std::less<>> types_;
    std::shared_ptr<bridge::CoreWorker> core_;
    std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace temporal::worker
