/// @file cli/service.hpp
/// @brief All that serves: the engines, the connection, and a worker for each queue.
#pragma once

#include "activities/batch_lanes.hpp"
#include "activities/engine_pool.hpp"
#include "activities/registered_attributes.hpp"
#include "capacity/hand_over.hpp"
#include "capacity/shared_slots.hpp"
#include "cli/admin_server.hpp"
#include "cli/job_feed.hpp"
#include "cli/log.hpp"
#include "cli/queue_backlogs.hpp"
#include "cli/queue_workers.hpp"
#include "config/config.hpp"
#include "config/queue_slots.hpp"
#include "events/event_sink.hpp"
#include "files/stores.hpp"
#include "registry/model_registry.hpp"
#include "telemetry/metrics.hpp"
#include "telemetry/otlp_exporter.hpp"
#include "temporal/client.hpp"
#include "temporal/connect_options.hpp"
#include "temporal/runtime.hpp"
#include "temporal/worker.hpp"

#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

namespace inference::cli {

/// Serves the queues of a configuration, all over one connection.
///
/// @code
///   Service service(config, connect_options(common, config.temporal), log, signals.token());
///   service.run(signals.token());
/// @endcode
class Service {
public:
    /// Reads the engines' keys and files, and connects. Nothing is served yet.
    ///
    /// Errors: CommandError (78) for engines that cannot be used; temporal::ConnectError.
    Service(
        const Config& config,
        const temporal::ConnectOptions& connection,
        const Log& log,
        const std::stop_token& stop
    );

    /// Serves until `stop` fires, then drains, which takes at most the grace period and 5 s. Call once.
    ///
    /// Errors: CommandError (5) if the server refuses the workers or stops serving them; (78) if admin.listen is taken.
    void run(const std::stop_token& stop);

    /// Takes over another `worker` section while it serves: slots and shares at once, queues as they drain. What else changed
    /// there, each queue takes over after draining. Models, addresses and the admin page stay.
    ///
    /// Threads: any.
    void reload(const WorkerConfig& worker);

private:
    [[nodiscard]] WorkerConfig worker_config() const;
    [[nodiscard]] temporal::Worker make_worker(Priority priority) const;
    void add_jobs(temporal::Worker& worker, const WorkerConfig& config) const;
    void add_batches(temporal::Worker& worker, const WorkerConfig& config, Priority priority) const;
    /// Null where the configuration asks for none.
    [[nodiscard]] std::unique_ptr<QueueBacklogs> watch_backlogs() const;
    /// The same. @param backlogs Null where there are none.
    [[nodiscard]] std::unique_ptr<AdminServer> start_admin(
        const QueueBacklogs* backlogs, const std::stop_token& stop
    ) const;
    /// The worker's own metrics, and then core's.
    [[nodiscard]] std::string metrics_page(const QueueBacklogs* backlogs) const;
    [[nodiscard]] nlohmann::json facts() const;

    mutable std::mutex mutex_;
    Config config_;  // Of it only `worker` changes, under the lock.
    Log log_;
    std::shared_ptr<const ModelRegistry> registry_;
    std::shared_ptr<Metrics> metrics_;
    std::shared_ptr<OtlpExporter> spans_;  // Null where nobody traces.
    std::shared_ptr<EnginePool> engines_;
    std::shared_ptr<const BatchLanes> lanes_;
    std::shared_ptr<const Stores> stores_;
    std::shared_ptr<EventSink> events_;
    temporal::Runtime runtime_;
    temporal::Client client_;
    std::shared_ptr<JobFeed> feed_;  // Null: no job store.
    std::shared_ptr<RegisteredAttributes> attributes_;  // Null: jobs set no search attributes.
    SharedSlots slots_;  // Its queues are in the order of kPriorities.
    std::shared_ptr<HandOver> hand_over_;
    QueueWorkers workers_;
};

/// Whether the workers of `before` must go for `after` to hold. What is shared out, activities among it, takes no new ones; but
/// where the queues together would have more workflow tasks than they may, all are made anew.
bool needs_new_workers(const WorkerConfig& before, WorkerConfig after);

/// How the worker of one queue is set up.
temporal::WorkerOptions worker_options(const WorkerConfig& config, const QueueSlots& slots);

}  // namespace inference::cli
