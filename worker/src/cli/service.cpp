#include "cli/service.hpp"

#include "activities/batch_ends.hpp"
#include "activities/cpu_steps.hpp"
#include "activities/infer.hpp"
#include "activities/infer_batch.hpp"
#include "activities/tell_stage.hpp"
#include "cli/admin_server.hpp"
#include "cli/command_error.hpp"
#include "cli/end_event.hpp"
#include "cli/engine_health.hpp"
#include "cli/fetch_page.hpp"
#include "cli/job_ends.hpp"
#include "cli/make_stores.hpp"
#include "cli/queue_use.hpp"
#include "cli/span_export.hpp"
#include "cli/worker_state.hpp"
#include "config/queue_slots.hpp"
#include "contracts/priority.hpp"
#include "events/channel_address.hpp"
#include "events/open_channel.hpp"
#include "temporal/error.hpp"
#include "workflows/batch_steps.hpp"
#include "workflows/batch_workflow.hpp"
#include "workflows/inference_workflow.hpp"
#include "workflows/steps.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace inference::cli {
namespace {

/// A cancel reaches an activity with the answer to its heartbeat, so this bounds how long that takes.
constexpr std::chrono::milliseconds kHeartbeatThrottle{800};

/// How long a job that begins waits for the server to say which search attributes it has.
constexpr std::chrono::seconds kAttributesPatience{5};

/// Of blocking activities; never so many, for the shared slots are what limits them.
constexpr std::uint32_t kMostThreads = 1024;

temporal::RuntimeOptions runtime_options(const AdminConfig& admin, const Log& log) {
    return {.log_sink = log.sink(), .metrics_address = admin.listen ? "127.0.0.1:0" : ""};
}

std::size_t slots_of(const WorkerConfig& worker) {
    return static_cast<std::size_t>(worker.max_concurrent_activities);
}

/// @tparam Job What the workflow is to those who are told: it has status().
/// @param feed Null: there is no job store.
template <class Workflow, class Job>
void add_observed(
    temporal::Worker& worker,
    const JobEnds& ends,
    const std::shared_ptr<JobFeed>& feed,
    const std::shared_ptr<EventSink>& events
) {
    temporal::WorkflowObserver<Workflow> observer;
    if (feed) {
        observer.on_progress = [feed](const Job& job, const temporal::ProgressedWorkflow& seen) {
            feed->progressed(job.status(), seen);
        };
    }
    observer.on_closed =
        [ends, feed, events](const Job& job, const temporal::ClosedWorkflow& closed) {
            ends(job, closed);
            if (closed.status == temporal::WorkflowStatus::kContinuedAsNew) {
                return;  // Not finished yet.
            }
            if (feed) {
                feed->closed(job.status(), closed);
            }
            events->publish(end_event(job.status(), job.usage(), closed.info.run_id));
        };
    worker.add<Workflow>(std::move(observer));
}

std::shared_ptr<EventSink> make_events(const EventsConfig& config, const Log& log) {
    // Checked as the file was read.
    const auto address = parse_channel(config.channel);
    if (!address) {
        throw CommandError(ExitCode::kBadConfiguration, "events.channel " + address.error());
    }
    return open_sink(*address, [log](const ChannelChange& change) {
        if (change.is_back) {
            log.info("live events are written again");
        } else {
            log.warn(
                "live events are not written; jobs go on, and their watchers see results only",
                {{"why", change.why}}
            );
        }
    });
}

std::shared_ptr<RegisteredAttributes> make_attributes(
    const temporal::Client& client, const Log& log
) {
    return std::make_shared<RegisteredAttributes>(
        [client] { return client.search_attributes({.timeout = kAttributesPatience}); },
        [log](const std::string& message) { log.warn(message); }
    );
}

AdminPage text_page(int status, std::string text) {
    return {.status = status, .body = std::move(text) + "\n"};
}

}  // namespace

temporal::WorkerOptions worker_options(const WorkerConfig& config, const QueueSlots& slots) {
    return {
        .task_queue = std::string(queue_of(slots.priority)),
        .max_concurrent_activities = kMostThreads,
        .max_concurrent_workflow_tasks = static_cast<std::uint32_t>(slots.workflow_tasks),
        .sticky_timeout = config.sticky_timeout,
        .max_heartbeat_throttle = kHeartbeatThrottle,
        .default_heartbeat_throttle = kHeartbeatThrottle,
        .drain_grace = config.drain_grace
    };
}

bool needs_new_workers(const WorkerConfig& before, WorkerConfig after) {
    const auto had = queue_slots(before);
    int workflow_tasks = 0;  // If those that go on keep theirs.
    for (const QueueSlots& queue : queue_slots(after)) {
        const auto kept = std::ranges::find(had, queue.priority, &QueueSlots::priority);
        workflow_tasks += kept == had.end() ? queue.workflow_tasks : kept->workflow_tasks;
    }
    const bool has_too_many = workflow_tasks > after.max_concurrent_workflow_tasks;
    after.serve = before.serve;
    after.shares = before.shares;
    after.strict_shares = before.strict_shares;
    after.max_concurrent_activities = before.max_concurrent_activities;
    return has_too_many || before != after;
}

Service::Service(
    const Config& config,
    const temporal::ConnectOptions& connection,
    const Log& log,
    const std::stop_token& stop
)
    : config_(config),
      log_(log),
      registry_(std::make_shared<const ModelRegistry>(config.models)),
      metrics_(std::make_shared<Metrics>(endpoints_by_model(*registry_))),
      spans_(make_exporter(config.telemetry, log)),
      engines_(make_engines(*registry_, {.observer = metrics_, .spans = sink_of(spans_)})),
      lanes_(std::make_shared<const BatchLanes>(engines_, registry_)),
      stores_(make_stores(config.files)),
      events_(make_events(config.events, log)),
      runtime_(runtime_options(config.admin, log)),
      client_(temporal::Client::connect(connection, runtime_, stop)),
      feed_(make_job_feed(config.jobs.store, client_, log)),
      attributes_(config.jobs.search_attributes ? make_attributes(client_, log) : nullptr),
      slots_({share_weights(config.worker), slots_of(config.worker), lending_of(config.worker)}),
      hand_over_(std::make_shared<HandOver>([this](std::size_t queue) {
          return slots_.use()[queue].owed;
      })),
      workers_([this](Priority priority) { return make_worker(priority); }) {
    workers_.serve(config.worker.serve);
}

WorkerConfig Service::worker_config() const {
    const std::lock_guard lock(mutex_);
    return config_.worker;
}

temporal::Worker Service::make_worker(Priority priority) const {
    const WorkerConfig config = worker_config();
    const auto slots = queue_slots(config);
    const auto queue = std::ranges::find(slots, priority, &QueueSlots::priority);
    // Taken out again before it began.
    auto options =
        worker_options(config, queue == slots.end() ? QueueSlots{.priority = priority} : *queue);
    options.activity_slots = slots_.supplier(static_cast<std::size_t>(priority));
    options.on_warning = [log = log_](std::string_view message) { log.warn(std::string(message)); };
    temporal::Worker worker(client_, std::move(options));
    add_jobs(worker, config);
    add_batches(worker, config, priority);
    return worker;
}

void Service::add_jobs(temporal::Worker& worker, const WorkerConfig& config) const {
    worker
        .add(
            preprocess_step,
            PreprocessActivity(
                registry_,
                engines_,
                ClaimCheck(stores_),
                events_,
                attributes_,
                config.heartbeat_timeout,
                config_.local_steps.postprocess,
                sink_of(spans_)
            )
        )
        .add(infer_step, InferActivity(engines_, ClaimCheck(stores_), events_, sink_of(spans_)))
        .add(postprocess_step, PostprocessActivity(ClaimCheck(stores_), events_, sink_of(spans_)));
    const JobEnds ends(log_, metrics_, sink_of(spans_));
    config_.local_steps.preprocess
        ? add_observed<LeanInferenceWorkflow, InferenceWorkflow>(worker, ends, feed_, events_)
        : add_observed<InferenceWorkflow, InferenceWorkflow>(worker, ends, feed_, events_);
}

void Service::add_batches(temporal::Worker& worker, const WorkerConfig& config, Priority priority)
    const {
    const BatchLimits limits{
        .heartbeat_timeout = config.heartbeat_timeout, .history_limit = config.batch_history_events
    };
    const PreprocessBatchActivity preprocess(registry_, stores_, attributes_, limits, metrics_);
    const PostprocessBatchActivity postprocess(stores_);
    worker
        .add(
            preprocess_batch_step,
            [events = events_, preprocess](temporal::ActivityContext& ctx, BatchRequest request) {
                tell_stage(events, ctx.info(), 0, Stage::kPreprocess);
                return preprocess(ctx, std::move(request));
            }
        )
        .add(
            infer_batch_step,
            InferBatchActivity(
                lanes_,
                registry_,
                stores_,
                hand_over_,
                events_,
                static_cast<std::size_t>(priority),
                metrics_
            )
        )
        .add(
            postprocess_batch_step,
            [events = events_, postprocess](temporal::ActivityContext& ctx, BatchEnd end) {
                tell_stage(events, ctx.info(), 0, Stage::kPostprocess);
                return postprocess(ctx, std::move(end));
            }
        );
    add_observed<BatchWorkflow, BatchWorkflow>(
        worker, JobEnds(log_, metrics_, sink_of(spans_)), feed_, events_
    );
}

void Service::reload(const WorkerConfig& worker) {
    const WorkerConfig before = worker_config();
    {
        const std::lock_guard lock(mutex_);
        config_.worker = worker;
    }
    slots_.divide(share_weights(worker), slots_of(worker), lending_of(worker));
    workers_.serve(worker.serve);
    if (needs_new_workers(before, worker)) {
        workers_.renew();
    }
    log_.info("reloaded", facts());
}

void Service::run(const std::stop_token& stop) {
    const std::unique_ptr<QueueBacklogs> backlogs = watch_backlogs();
    const std::unique_ptr<AdminServer> admin = start_admin(backlogs.get(), stop);
    log_.info("serving", facts());
    if (attributes_ != nullptr) {
        (void)attributes_->get(RegisteredAttributes::Clock::now());  // What is missing is said now.
    }
    const std::stop_callback draining(stop, [this] {
        log_.info("draining", {{"grace_ms", worker_config().drain_grace.count()}});
    });
    try {
        workers_.run(stop);
    } catch (const temporal::Error& error) {
        throw CommandError(ExitCode::kCannotConnect, error.what());
    }
    if (feed_) {
        feed_->drain();
    }
    log_.info("stopped");
}

std::unique_ptr<QueueBacklogs> Service::watch_backlogs() const {
    if (!config_.admin.listen) {
        return nullptr;
    }
    return std::make_unique<QueueBacklogs>(client_, [this] { return worker_config().serve; }, log_);
}

std::string Service::metrics_page(const QueueBacklogs* backlogs) const {
    const WorkerState state{
        .slots = slots_by_queue(worker_config().serve, slots_.use()),
        .backlogs = backlogs->now(),
        .circuits = circuits_of(*engines_),
        .spans_dropped = spans_ == nullptr ? std::nullopt : std::optional(spans_->dropped())
    };
    return metrics_->page(state) + fetch_page(runtime_.metrics_address(), "/metrics");
}

std::unique_ptr<AdminServer> Service::start_admin(
    const QueueBacklogs* backlogs, const std::stop_token& stop
) const {
    if (!config_.admin.listen) {
        return nullptr;
    }
    const auto readiness = [this, stop] {
        if (stop.stop_requested()) {
            return text_page(503, "draining");
        }
        return workers_.polling() ? text_page(200, "ready") : text_page(503, "not polling");
    };
    const auto metrics = [this, backlogs] {
        return AdminPage{
            .content_type = "text/plain; version=0.0.4", .body = metrics_page(backlogs)
        };
    };
    const auto queues = [this] {
        return AdminPage{
            .content_type = "application/json",
            .body = queue_use_json(worker_config().serve, slots_.use()).dump()
        };
    };
    const AdminPages pages{
        {"/healthz", [] { return text_page(200, "ok"); }},
        {"/readyz", readiness},
        {"/metrics", metrics},
        {"/queues", queues},
    };
    try {
        auto admin = std::make_unique<AdminServer>(*config_.admin.listen, pages);
        log_.info("admin pages", {{"address", admin->address()}});
        return admin;
    } catch (const std::system_error& error) {
        throw CommandError(ExitCode::kBadConfiguration, error.what());
    }
}

nlohmann::json Service::facts() const {
    const WorkerConfig worker = worker_config();
    const auto uses = slots_.use();
    nlohmann::json floors = nlohmann::json::object();
    for (const Priority priority : worker.serve) {
        floors[std::string(queue_of(priority))] = uses[static_cast<std::size_t>(priority)].floor;
    }
    return {
        {"address", client_.address()},
        {"namespace", client_.namespace_name()},
        {"identity", client_.identity()},
        {"slots", worker.max_concurrent_activities},
        {"queues", floors},
        {"models", registry_->models().size()}
    };
}

}  // namespace inference::cli
