#include "bridge/core_worker.hpp"

#include "bridge/connection.hpp"
#include "bridge/core_abi.hpp"
#include "bridge/core_options.hpp"
#include "bridge/core_thread.hpp"
#include "bridge/runtime.hpp"
#include "bridge/slots.hpp"
#include "temporal/error.hpp"

#include <atomic>
#include <utility>

namespace temporal::bridge {
namespace {

// The callbacks are noexcept: an exception in one would lose a task or an answer inside core and
// leave whoever waits for it hanging; so it ends the process.

void on_done(void* user, std::int32_t status, tcore_buf result) noexcept {
    const CoreThreadScope scope;
    const std::unique_ptr<Done> done{static_cast<Done*>(user)};
    const Buffer answer = take(result);
    if (!*done) {
        return;
    }
    (*done)(status == TCORE_OK ? std::nullopt : std::optional<std::string>(answer.str()));
}

void* give_away(Done done) {
    return std::make_unique<Done>(std::move(done)).release();
}

/// The callbacks of `start`, owned by core until it has reported the end of every kind.
struct Pump {
    CoreWorker::Callbacks callbacks;
    std::atomic<int> kinds_running;
};

void on_task(void* user, std::uint32_t kind_number, std::int32_t status, tcore_buf task) noexcept {
    const CoreThreadScope scope;
    auto* const pump = static_cast<Pump*>(user);
    const auto kind = static_cast<TaskKind>(kind_number);
    Buffer body = take(task);
    switch (status) {
        case TCORE_OK: pump->callbacks.on_task(kind, std::move(body)); return;
        case TCORE_ERROR: pump->callbacks.on_poll_error(kind, body.str()); return;
        default: break;
    }
    pump->callbacks.on_shutdown(kind);
    if (pump->kinds_running.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        delete pump;
    }
}

}  // namespace

struct CoreWorker::Owned {
    std::shared_ptr<Runtime> runtime;
    std::shared_ptr<Connection> connection;  // Null for a replayer.
    bool enable_workflows = true;
    bool enable_activities = false;
    std::shared_ptr<Slots> activity_slots;  // Null where their number is fixed.
    WorkerHandle handle;
};

struct HistoryFeeder::Owned {
    std::shared_ptr<Runtime> runtime;
    FeederHandle handle;
};

std::shared_ptr<CoreWorker> CoreWorker::make(
    const std::shared_ptr<Runtime>& runtime,
    const std::shared_ptr<Connection>& connection,
    const CoreWorkerOptions& options
) {
    const std::string json = worker_options_json(options);
    auto slots = options.activity_slots ? Slots::make(options.activity_slots) : nullptr;
    tcore_slots* const slots_handle = slots ? slots->handle() : nullptr;
    tcore_worker* handle = nullptr;
    std::int32_t status = TCORE_ERROR;
    const Buffer error = with_buffer(status, [&](tcore_buf* buffer) {
        return tcore_worker_new(
            runtime->handle(), connection->handle(), lend(json), slots_handle, &handle, buffer
        );
    });
    if (status != TCORE_OK) {
        throw Error("cannot make a worker for queue '" + options.task_queue + "': " + error.str());
    }
    return std::shared_ptr<CoreWorker>(new CoreWorker(std::make_unique<Owned>(Owned{
        .runtime = runtime,
        .connection = connection,
        .enable_workflows = options.enable_workflows,
        .enable_activities = options.enable_activities,
        .activity_slots = std::move(slots),
        .handle = WorkerHandle{handle},
    })));
}

CoreWorker::Replayer CoreWorker::make_replayer(
    const std::shared_ptr<Runtime>& runtime,
    std::string_view namespace_name,
    std::string_view task_queue
) {
    const std::string json = replayer_options_json(namespace_name, task_queue);
    tcore_worker* worker = nullptr;
    tcore_feeder* feeder = nullptr;
    std::int32_t status = TCORE_ERROR;
    const Buffer error = with_buffer(status, [&](tcore_buf* buffer) {
        return tcore_replayer_new(runtime->handle(), lend(json), &worker, &feeder, buffer);
    });
    if (status != TCORE_OK) {
        throw Error("cannot make a replayer: " + error.str());
    }
    auto worker_owned = std::make_unique<Owned>();
    worker_owned->runtime = runtime;
    worker_owned->handle.reset(worker);
    auto feeder_owned = std::make_unique<HistoryFeeder::Owned>();
    feeder_owned->runtime = runtime;
    feeder_owned->handle.reset(feeder);
    return {
        .worker = std::shared_ptr<CoreWorker>(new CoreWorker(std::move(worker_owned))),
        .feeder = std::unique_ptr<HistoryFeeder>(new HistoryFeeder(std::move(feeder_owned))),
    };
}

CoreWorker::CoreWorker(std::unique_ptr<Owned> owned) : owned_(std::move(owned)) {}
CoreWorker::~CoreWorker() = default;

void CoreWorker::validate(Done done) {
    tcore_worker_validate(owned_->handle.get(), &on_done, give_away(std::move(done)));
}

void CoreWorker::start(Callbacks callbacks) {
    const std::uint32_t kinds = (owned_->enable_workflows ? TCORE_TASK_WORKFLOW : 0U) |
                                (owned_->enable_activities ? TCORE_TASK_ACTIVITY : 0U);
    const int running = (owned_->enable_workflows ? 1 : 0) + (owned_->enable_activities ? 1 : 0);
    auto pump =
        std::unique_ptr<Pump>(new Pump{.callbacks = std::move(callbacks), .kinds_running = running}
        );
    tcore_worker_start(owned_->handle.get(), kinds, &on_task, pump.release());
}

void CoreWorker::complete_activation(std::string_view completion, Done done) {
    tcore_worker_complete_activation(
        owned_->handle.get(), lend(completion), &on_done, give_away(std::move(done))
    );
}

void CoreWorker::complete_activity(std::string_view completion, Done done) {
    tcore_worker_complete_activity(
        owned_->handle.get(), lend(completion), &on_done, give_away(std::move(done))
    );
}

void CoreWorker::heartbeat(std::string_view activity_heartbeat) {
    std::int32_t status = TCORE_ERROR;
    const Buffer error = with_buffer(status, [&](tcore_buf* buffer) {
        return tcore_worker_heartbeat(owned_->handle.get(), lend(activity_heartbeat), buffer);
    });
    if (status != TCORE_OK) {
        throw Error("core refused a heartbeat: " + error.str());
    }
}

void CoreWorker::request_eviction(std::string_view run_id) {
    tcore_worker_request_eviction(owned_->handle.get(), lend(run_id));
}

void CoreWorker::initiate_shutdown() {
    tcore_worker_initiate_shutdown(owned_->handle.get());
}

void CoreWorker::finalize(Done done) {
    tcore_worker_finalize(owned_->handle.get(), &on_done, give_away(std::move(done)));
}

HistoryFeeder::HistoryFeeder(std::unique_ptr<Owned> owned) : owned_(std::move(owned)) {}
HistoryFeeder::~HistoryFeeder() = default;

void HistoryFeeder::push(std::string_view workflow_id, std::string_view history, Done done) {
    tcore_feeder_push(
        owned_->handle.get(), lend(workflow_id), lend(history), &on_done, give_away(std::move(done))
    );
}

}  // namespace temporal::bridge
