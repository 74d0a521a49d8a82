// The functions of temporal_core.h, played by the script.

#include "scripted_core/abi_access.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using temporal::scripted::AbiAccess;
using temporal::scripted::count_handle;
using temporal::scripted::Kind;
using temporal::scripted::make_buffer;
using temporal::scripted::Reply;
using temporal::scripted::RpcReply;
using temporal::scripted::RpcRequest;
using temporal::scripted::ScriptedCore;
using temporal::scripted::ScriptedSlots;
using temporal::scripted::ScriptedWorker;

namespace {

std::string copy(tcore_ref bytes) {
    return {reinterpret_cast<const char*>(bytes.data), bytes.len};
}

/// The runtime's threads: what is told to the SDK is told on one of them.
class Threads {
public:
    template <class Work>
    void run(Work work) {
        const std::scoped_lock lock(mutex_);
        threads_.emplace_back(std::move(work));
    }

    /// What runs may start more.
    void join() {
        for (;;) {
            std::vector<std::thread> running;
            {
                const std::scoped_lock lock(mutex_);
                running.swap(threads_);
            }
            if (running.empty()) {
                return;
            }
            for (std::thread& thread : running) {
                thread.join();
            }
        }
    }

private:
    std::mutex mutex_;
    std::vector<std::thread> threads_;
};

void finish(tcore_done_fn done, void* user, const std::optional<std::string>& error) {
    if (done != nullptr) {
        done(user, error ? TCORE_ERROR : TCORE_OK, make_buffer(error.value_or("")));
    }
}

/// A cancel that may be freed while the call that it belongs to goes on.
struct CancelState {
    std::mutex mutex;
    std::condition_variable fired_changed;
    bool fired = false;
};

/// Waits for the cancel, at most for `timeout`; true if it was fired.
bool wait_for_cancel(
    const std::shared_ptr<CancelState>& cancel, std::chrono::milliseconds timeout
) {
    if (cancel == nullptr) {
        std::this_thread::sleep_for(timeout);
        return false;
    }
    std::unique_lock lock(cancel->mutex);
    return cancel->fired_changed.wait_for(lock, timeout, [&cancel] { return cancel->fired; });
}

std::string task_queue_of(const std::string& options) {
    return nlohmann::json::parse(options).value("task_queue", "");
}

}  // namespace

struct tcore_runtime {
    Threads threads;
};

struct tcore_connection {
    tcore_runtime* runtime;
};

struct tcore_cancel {
    std::shared_ptr<CancelState> state = std::make_shared<CancelState>();
};

struct tcore_worker {
    tcore_runtime* runtime;
    ScriptedWorker* script;
    std::shared_ptr<ScriptedSlots> activity_slots = nullptr;
};

struct tcore_slots {
    std::shared_ptr<ScriptedSlots> script;
};

struct tcore_feeder {
    tcore_runtime* runtime;
    ScriptedWorker* script;
};

extern "C" {

uint32_t tcore_abi_version(void) {
    return TCORE_ABI_VERSION;
}

int32_t tcore_runtime_new(
    tcore_ref options_json,
    tcore_log_fn log,
    void* log_user,
    tcore_runtime** out,
    tcore_buf* info_or_error
) {
    const Reply reply = AbiAccess::make_runtime(copy(options_json), log, log_user);
    *info_or_error = make_buffer(reply.error.value_or(reply.answer));
    if (reply.error) {
        return TCORE_ERROR;
    }
    count_handle(+1);
    *out = new tcore_runtime;
    return TCORE_OK;
}

void tcore_runtime_free(tcore_runtime* runtime) {
    runtime->threads.join();
    AbiAccess::close_log();
    delete runtime;
    count_handle(-1);
}

int32_t tcore_env_config(tcore_ref options_json, tcore_buf* profile_json_or_error) {
    const Reply reply = AbiAccess::env_config(copy(options_json));
    *profile_json_or_error = make_buffer(reply.error.value_or(reply.answer));
    return reply.error ? TCORE_ERROR : TCORE_OK;
}

void tcore_connect(
    tcore_runtime* runtime, tcore_ref options_json, tcore_connect_fn done, void* user
) {
    runtime->threads.run([runtime, options = copy(options_json), done, user] {
        const Reply reply = AbiAccess::connect(options);
        if (reply.error) {
            done(user, nullptr, make_buffer(*reply.error));
            return;
        }
        count_handle(+1);
        done(user, new tcore_connection{runtime}, make_buffer({}));
    });
}

int32_t tcore_connection_update(tcore_connection*, tcore_ref, tcore_buf* err) {
    *err = make_buffer({});
    return TCORE_OK;
}

void tcore_connection_free(tcore_connection* connection) {
    delete connection;
    count_handle(-1);
}

tcore_cancel* tcore_cancel_new(void) {
    count_handle(+1);
    return new tcore_cancel;
}

void tcore_cancel_fire(tcore_cancel* cancel) {
    const std::scoped_lock lock(cancel->state->mutex);
    cancel->state->fired = true;
    cancel->state->fired_changed.notify_all();
}

void tcore_cancel_free(tcore_cancel* cancel) {
    delete cancel;
    count_handle(-1);
}

void tcore_rpc(
    tcore_connection* connection,
    uint32_t service,
    tcore_ref method,
    tcore_ref request,
    tcore_ref metadata_json,
    uint32_t flags,
    uint64_t timeout_ms,
    tcore_cancel* cancel,
    tcore_rpc_fn done,
    void* user
) {
    RpcRequest call{
        .service = service,
        .method = copy(method),
        .request = copy(request),
        .metadata_json = copy(metadata_json),
        .retry = (flags & TCORE_RPC_RETRY) != 0,
        .timeout = std::chrono::milliseconds{timeout_ms},
    };
    auto cancel_state = cancel == nullptr ? nullptr : cancel->state;
    connection->runtime->threads.run([call = std::move(call), cancel_state, done, user] {
        RpcReply reply = AbiAccess::rpc(call);
        if (reply.hold) {
            const bool cancelled = wait_for_cancel(cancel_state, call.timeout);
            reply = {
                .code = cancelled ? 1 : 4,
                .response = {},
                .message = cancelled ? "cancelled" : "no answer",
                .details = {}
            };
        }
        done(
            user,
            reply.code,
            make_buffer(reply.response),
            make_buffer(reply.message),
            make_buffer(reply.details)
        );
    });
}

tcore_slots* tcore_slots_new(tcore_slot_supplier supplier) {
    count_handle(+1);
    return new tcore_slots{std::make_shared<ScriptedSlots>(supplier)};
}

bool tcore_slots_grant(tcore_slots* slots, uint64_t reservation, uint64_t permit) {
    return slots->script->grant(reservation, permit);
}

void tcore_slots_free(tcore_slots* slots) {
    delete slots;
    count_handle(-1);
}

int32_t tcore_worker_new(
    tcore_runtime* runtime,
    tcore_connection*,
    tcore_ref options_json,
    tcore_slots* activity_slots,
    tcore_worker** out,
    tcore_buf* err
) {
    std::string options = copy(options_json);
    ScriptedWorker& script = ScriptedCore::current().worker(task_queue_of(options));
    const auto error = AbiAccess::open(script, std::move(options));
    *err = make_buffer(error.value_or(""));
    if (error) {
        return TCORE_ERROR;
    }
    count_handle(+1);
    *out = new tcore_worker{runtime, &script};
    if (activity_slots != nullptr) {
        (*out)->activity_slots = activity_slots->script;
        AbiAccess::set_slots(script, activity_slots->script);
    }
    return TCORE_OK;
}

void tcore_worker_validate(tcore_worker* worker, tcore_done_fn done, void* user) {
    worker->runtime->threads.run([script = worker->script, done, user] {
        finish(done, user, AbiAccess::validate(*script));
    });
}

void tcore_worker_start(tcore_worker* worker, uint32_t kinds, tcore_task_fn on_task, void* user) {
    for (const Kind kind : {Kind::kWorkflow, Kind::kActivity}) {
        if ((kinds & static_cast<uint32_t>(kind)) != 0) {
            worker->runtime->threads.run([script = worker->script, kind, on_task, user] {
                AbiAccess::pump(*script, kind, on_task, user);
            });
        }
    }
}

void tcore_worker_complete_activation(
    tcore_worker* worker, tcore_ref completion, tcore_done_fn done, void* user
) {
    const auto error = AbiAccess::complete(*worker->script, Kind::kWorkflow, copy(completion));
    worker->runtime->threads.run([error, done, user] { finish(done, user, error); });
}

void tcore_worker_complete_activity(
    tcore_worker* worker, tcore_ref completion, tcore_done_fn done, void* user
) {
    const auto error = AbiAccess::complete(*worker->script, Kind::kActivity, copy(completion));
    worker->runtime->threads.run([error, done, user] { finish(done, user, error); });
}

int32_t tcore_worker_heartbeat(tcore_worker* worker, tcore_ref heartbeat, tcore_buf* err) {
    const auto error = AbiAccess::heartbeat(*worker->script, copy(heartbeat));
    *err = make_buffer(error.value_or(""));
    return error ? TCORE_ERROR : TCORE_OK;
}

void tcore_worker_request_eviction(tcore_worker* worker, tcore_ref run_id) {
    AbiAccess::request_eviction(*worker->script, copy(run_id));
}

void tcore_worker_initiate_shutdown(tcore_worker* worker) {
    worker->script->shut_down();
}

void tcore_worker_finalize(tcore_worker* worker, tcore_done_fn done, void* user) {
    worker->runtime->threads.run([script = worker->script, done, user] {
        finish(done, user, AbiAccess::finalize(*script));
    });
}

void tcore_worker_free(tcore_worker* worker) {
    // The pumps of one that was never shut down end now, as those of the real core do.
    AbiAccess::abandon(*worker->script);
    delete worker;
    count_handle(-1);
}

int32_t tcore_replayer_new(
    tcore_runtime* runtime,
    tcore_ref options_json,
    tcore_worker** out,
    tcore_feeder** feeder,
    tcore_buf* err
) {
    const int32_t status = tcore_worker_new(runtime, nullptr, options_json, nullptr, out, err);
    if (status == TCORE_OK) {
        count_handle(+1);
        *feeder = new tcore_feeder{runtime, (*out)->script};
    }
    return status;
}

void tcore_feeder_push(
    tcore_feeder* feeder, tcore_ref workflow_id, tcore_ref history, tcore_done_fn done, void* user
) {
    for (std::string& activation : AbiAccess::replay(copy(workflow_id), copy(history))) {
        feeder->script->deliver_activation(std::move(activation));
    }
    feeder->runtime->threads.run([done, user] { finish(done, user, std::nullopt); });
}

void tcore_feeder_free(tcore_feeder* feeder) {
    feeder->script->shut_down();
    delete feeder;
    count_handle(-1);
}

}  // extern "C"
