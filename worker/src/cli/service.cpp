#include "cli/service.hpp"

#include "activities/cpu_steps.hpp"
#include "activities/infer.hpp"
#include "cli/admin_server.hpp"
#include "cli/command_error.hpp"
#include "cli/engine_health.hpp"
#include "cli/fetch_page.hpp"
#include "cli/job_log.hpp"
#include "cli/queue_use.hpp"
#include "config/queue_slots.hpp"
#include "contracts/priority.hpp"
#include "temporal/error.hpp"
#include "workflows/inference_workflow.hpp"
#include "workflows/steps.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <utility>

namespace inference::cli {
namespace {

/// A cancel reaches an activity with the answer to its heartbeat, so this bounds how long that takes.
constexpr std::chrono::milliseconds kHeartbeatThrottle{800};

temporal::RuntimeOptions runtime_options(const AdminConfig& admin, const Log& log) {
    return {.log_sink = log.sink(), .metrics_address = admin.listen ? "127.0.0.1:0" : ""};
}

SlotShares slot_shares(const WorkerConfig& worker) {
    std::vector<double> weights;
    for (const Priority priority : worker.serve) {
        weights.push_back(worker.shares.at(priority));
    }
    return {
        weights,
        static_cast<std::size_t>(worker.max_concurrent_activities),
        worker.strict_shares ? Lending::kStrict : Lending::kAllowed
    };
}

AdminPage text_page(int status, std::string text) {
    return {.status = status, .body = std::move(text) + "\n"};
}

}  // namespace

temporal::WorkerOptions worker_options(const WorkerConfig& config, const QueueSlots& slots) {
    return {
        .task_queue = std::string(queue_of(slots.priority)),
        // All of them at once, and the one more that a queue without work may begin.
        .max_concurrent_activities =
            static_cast<std::uint32_t>(config.max_concurrent_activities) + 1,
        .max_concurrent_workflow_tasks = static_cast<std::uint32_t>(slots.workflow_tasks),
        .sticky_timeout = config.sticky_timeout,
        .max_heartbeat_throttle = kHeartbeatThrottle,
        .default_heartbeat_throttle = kHeartbeatThrottle,
        .drain_grace = config.drain_grace
    };
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
      engines_(make_engines(*registry_)),
      runtime_(runtime_options(config.admin, log)),
      client_(temporal::Client::connect(connection, runtime_, stop)),
      slots_(slot_shares(config.worker)) {
    for (const QueueSlots& queue : queue_slots(config_.worker)) {
        auto options = worker_options(config_.worker, queue);
        options.activity_slots = slots_.supplier(workers_.size());
        add_worker(options);
    }
}

void Service::add_worker(const temporal::WorkerOptions& options) {
    temporal::WorkerOptions warning = options;
    warning.on_warning = [log = log_](std::string_view message) { log.warn(std::string(message)); };
    temporal::Worker& worker = workers_.emplace_back(client_, std::move(warning));
    worker
        .add(
            preprocess_step,
            PreprocessActivity(registry_, engines_, config_.worker.heartbeat_timeout)
        )
        .add(infer_step, InferActivity(engines_))
        .add(postprocess_step, postprocess_activity)
        .add<InferenceWorkflow>([log = log_](const InferenceWorkflow& job, const auto& closed) {
            const auto latency = std::chrono::duration_cast<std::chrono::milliseconds>(
                closed.time - closed.info.start_time
            );
            log.info("job finished", finished_fields(job.status(), job.usage(), latency));
        });
}

void Service::run(const std::stop_token& stop) {
    const std::unique_ptr<AdminServer> admin = start_admin();
    log_.info("serving", facts());
    const std::stop_callback draining(stop, [this] {
        log_.info("draining", {{"grace_ms", config_.worker.drain_grace.count()}});
    });
    try {
        temporal::run(workers_, stop);
    } catch (const temporal::Error& error) {
        throw CommandError(ExitCode::kCannotConnect, error.what());
    }
    log_.info("stopped");
}

std::unique_ptr<AdminServer> Service::start_admin() const {
    if (!config_.admin.listen) {
        return nullptr;
    }
    const auto readiness = [this] {
        return ready() ? text_page(200, "ready") : text_page(503, "not polling");
    };
    const auto metrics = [this] {
        return AdminPage{
            .content_type = "text/plain; version=0.0.4",
            .body = fetch_page(runtime_.metrics_address(), "/metrics")
        };
    };
    const auto queues = [this] {
        return AdminPage{
            .content_type = "application/json",
            .body = queue_use_json(config_.worker, slots_.use()).dump()
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

bool Service::ready() const {
    return std::ranges::all_of(workers_, [](const temporal::Worker& worker) {
        return worker.polling();
    });
}

nlohmann::json Service::facts() const {
    nlohmann::json floors = nlohmann::json::object();
    const auto uses = slots_.use();
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        floors[workers_[i].options().task_queue] = uses[i].floor;
    }
    return {
        {"address", client_.address()},
        {"namespace", client_.namespace_name()},
        {"identity", client_.identity()},
        {"slots", config_.worker.max_concurrent_activities},
        {"queues", floors},
        {"models", registry_->models().size()}
    };
}

}  // namespace inference::cli
