/// @file bridge/core_worker.hpp
/// @brief The one narrow door between a worker and core: bytes in, bytes out.
#pragma once

#include "bridge/buffer.hpp"
#include "temporal/slot_supplier.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct tcore_worker;
struct tcore_feeder;

namespace temporal::bridge {

class Connection;
class Runtime;

/// Options of core's worker, as design.md and core's own configuration name them.
struct CoreWorkerOptions {
    std::string namespace_name;
    std::string task_queue;
    std::string identity;
    std::string build_id;
    bool enable_workflows = true;
    bool enable_activities = true;
    std::uint32_t max_cached_workflows = 1000;
    std::uint32_t max_outstanding_workflow_tasks = 100;
    std::uint32_t max_outstanding_activities = 100;
    std::shared_ptr<SlotSupplier> activity_slots;  ///< Set: instead of the number before.
    std::optional<std::uint32_t> workflow_pollers;
    std::optional<std::uint32_t> activity_pollers;
    std::chrono::milliseconds sticky_timeout{10'000};
    std::chrono::milliseconds max_heartbeat_throttle{60'000};
    std::chrono::milliseconds default_heartbeat_throttle{30'000};
    std::chrono::milliseconds graceful_shutdown{0};
    std::uint32_t max_eager_activities_per_task = 3;
};

enum class TaskKind : std::uint32_t { kWorkflow = 1, kActivity = 2 };

/// Called exactly once; empty on success, else what went wrong.
using Done = std::function<void(std::optional<std::string> error)>;

class HistoryFeeder;

/// Core's worker behind the C ABI. Keeps its runtime and connection alive.
///
/// Threads: every member may be called from any thread; callbacks run on core's threads, or inside
///          the call itself, and must neither block nor throw: an exception in one ends the
///          process.
class CoreWorker final {
public:
    struct Callbacks {
        /// A serialised coresdk WorkflowActivation or ActivityTask.
        std::function<void(TaskKind, Buffer)> on_task;
        /// A polling error; the pump goes on.
        std::function<void(TaskKind, std::string)> on_poll_error;
        /// The last call for that kind.
        std::function<void(TaskKind)> on_shutdown;
    };
    using Done = bridge::Done;

    /// Errors: Error with what is wrong with the options.
    [[nodiscard]] static std::shared_ptr<CoreWorker> make(
        const std::shared_ptr<Runtime>& runtime,
        const std::shared_ptr<Connection>& connection,
        const CoreWorkerOptions& options
    );

    struct Replayer;
    /// A worker that gets its workflow tasks from histories instead of a server. It shuts down by
    /// itself once the feeder is destroyed and what it was fed has been replayed.
    ///
    /// Errors: Error with what is wrong with the options.
    [[nodiscard]] static Replayer make_replayer(
        const std::shared_ptr<Runtime>& runtime,
        std::string_view namespace_name,
        std::string_view task_queue
    );

    ~CoreWorker();
    CoreWorker(const CoreWorker&) = delete;
    CoreWorker& operator=(const CoreWorker&) = delete;

    /// Asks the server for the namespace, so that a wrong one is refused before anything is polled.
    void validate(Done done);
    /// Call once. The callbacks are kept until `on_shutdown` of every enabled kind.
    void start(Callbacks callbacks);
    void complete_activation(std::string_view completion, Done done);
    void complete_activity(std::string_view completion, Done done);
    /// Errors: Error if core refuses it, which a heartbeat of a task that it handed out is never.
    void heartbeat(std::string_view activity_heartbeat);
    void request_eviction(std::string_view run_id);
    /// Stops polling; `on_shutdown` follows once the outstanding tasks are completed.
    void initiate_shutdown();
    /// Call once, after `on_shutdown` of every kind.
    void finalize(Done done);

private:
    struct Owned;
    explicit CoreWorker(std::unique_ptr<Owned> owned);

    std::unique_ptr<Owned> owned_;
};

/// Feeds histories to a replaying worker. Destroying it ends the stream.
///
/// Threads: one at a time.
class HistoryFeeder final {
public:
    ~HistoryFeeder();
    HistoryFeeder(const HistoryFeeder&) = delete;
    HistoryFeeder& operator=(const HistoryFeeder&) = delete;

    /// `history` is a serialised temporal.api.history.v1.History. `done` is called once core has
    /// taken it, not once it is replayed.
    void push(std::string_view workflow_id, std::string_view history, Done done);

private:
    friend class CoreWorker;
    struct Owned;
    explicit HistoryFeeder(std::unique_ptr<Owned> owned);

    std::unique_ptr<Owned> owned_;
};

struct CoreWorker::Replayer {
    std::shared_ptr<CoreWorker> worker;
    std::unique_ptr<HistoryFeeder> feeder;
};

}  // namespace temporal::bridge
