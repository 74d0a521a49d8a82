#include "scripted_core/abi_access.hpp"

#include "temporal/sdk/core/core_interface.pb.h"

#include <algorithm>
#include <utility>

namespace temporal::scripted {
namespace {

std::string run_id_of_completion(const std::string& completion) {
    coresdk::workflow_completion::WorkflowActivationCompletion message;
    message.ParseFromString(completion);
    return message.run_id();
}

std::string token_of_completion(const std::string& completion) {
    coresdk::ActivityTaskCompletion message;
    message.ParseFromString(completion);
    return message.task_token();
}

std::string eviction_of(const std::string& run_id) {
    coresdk::workflow_activation::WorkflowActivation message;
    message.set_run_id(run_id);
    auto& job = *message.add_jobs()->mutable_remove_from_cache();
    job.set_message("requested");
    job.set_reason(coresdk::workflow_activation::RemoveFromCache::LANG_REQUESTED);
    return message.SerializeAsString();
}

}  // namespace

Reply AbiAccess::make_runtime(std::string options, tcore_log_fn log, void* log_user) {
    ScriptedCore& core = ScriptedCore::current();
    const std::scoped_lock lock(core.mutex_);
    core.runtime_options_ = std::move(options);
    if (!core.runtime_reply_.error) {
        const std::scoped_lock log_lock(core.log_->mutex);
        core.log_->call = log;
        core.log_->user = log_user;
    }
    return core.runtime_reply_;
}

void AbiAccess::close_log() {
    ScriptedCore& core = ScriptedCore::current();
    const std::scoped_lock lock(core.log_->mutex);
    core.log_->call = nullptr;
}

Reply AbiAccess::env_config(const std::string& options) {
    ScriptedCore& core = ScriptedCore::current();
    std::shared_ptr<const ScriptedCore::EnvConfig> reply;
    {
        const std::scoped_lock lock(core.mutex_);
        reply = core.env_config_;
    }
    return reply == nullptr ? Reply{.answer = "{}"} : (*reply)(options);
}

Reply AbiAccess::connect(const std::string& options) {
    ScriptedCore& core = ScriptedCore::current();
    std::unique_lock lock(core.mutex_);
    core.connect_options_ = options;
    core.connections_released_.wait(lock, [&core] { return !core.connections_held_; });
    const auto reply = core.connect_;
    lock.unlock();
    return reply == nullptr ? Reply{} : (*reply)(options);
}

RpcReply AbiAccess::rpc(const RpcRequest& request) {
    ScriptedCore& core = ScriptedCore::current();
    std::shared_ptr<const ScriptedCore::Rpc> reply;
    {
        const std::scoped_lock lock(core.mutex_);
        core.recorded_rpcs_.push_back(request);
        const auto found = core.rpcs_by_method_.find(request.method);
        if (found == core.rpcs_by_method_.end()) {
            return {
                .code = 12,
                .response = {},
                .message = "the script has no answer to " + request.method,
                .details = {}
            };
        }
        reply = found->second;
    }
    return (*reply)(request);
}

std::vector<std::string> AbiAccess::replay(
    const std::string& workflow_id, const std::string& history
) {
    ScriptedCore& core = ScriptedCore::current();
    std::shared_ptr<const ScriptedCore::Replay> replay;
    {
        const std::scoped_lock lock(core.mutex_);
        replay = core.replay_;
    }
    return replay == nullptr ? std::vector<std::string>{} : (*replay)(workflow_id, history);
}

std::optional<std::string> AbiAccess::open(ScriptedWorker& worker, std::string options) {
    const std::scoped_lock lock(worker.mutex_);
    worker.options_ = std::move(options);
    return worker.creation_error_;
}

void AbiAccess::set_slots(ScriptedWorker& worker, const std::shared_ptr<ScriptedSlots>& slots) {
    const std::lock_guard lock(worker.mutex_);
    worker.activity_slots_ = slots;
}

std::optional<std::string> AbiAccess::validate(ScriptedWorker& worker) {
    const std::scoped_lock lock(worker.mutex_);
    return worker.validation_error_;
}

void AbiAccess::pump(ScriptedWorker& worker, Kind kind, tcore_task_fn on_task, void* user) {
    ScriptedWorker::Lane& lane = worker.lane(kind);
    std::unique_lock lock(worker.mutex_);
    lane.started = true;
    worker.changed_.notify_all();
    for (;;) {
        const auto drained = [&] {
            return worker.shutdown_asked_ && lane.waiting.empty() && lane.outstanding.empty();
        };
        worker.changed_.wait(lock, [&] {
            return worker.next_deliverable(lane) != lane.waiting.end() || drained();
        });
        const auto next = worker.next_deliverable(lane);
        if (next == lane.waiting.end()) {
            break;
        }
        const ScriptedWorker::Task task = std::move(*next);
        lane.waiting.erase(next);
        if (!task.key.empty()) {
            lane.outstanding.insert(task.key);
        }
        lock.unlock();
        on_task(
            user,
            static_cast<std::uint32_t>(kind),
            task.is_error ? TCORE_ERROR : TCORE_OK,
            make_buffer(task.body)
        );
        lock.lock();
    }
    lane.ended = true;
    worker.changed_.notify_all();
    lock.unlock();
    on_task(user, static_cast<std::uint32_t>(kind), TCORE_SHUTDOWN, make_buffer({}));
}

std::optional<std::string> AbiAccess::complete(
    ScriptedWorker& worker, Kind kind, std::string completion
) {
    const std::string key = kind == Kind::kWorkflow ? run_id_of_completion(completion)
                                                    : token_of_completion(completion);
    const std::scoped_lock lock(worker.mutex_);
    ScriptedWorker::Lane& lane = worker.lane(kind);
    const auto outstanding = lane.outstanding.find(key);
    if (outstanding == lane.outstanding.end()) {
        worker.violations_.push_back(
            "an answer to '" + key + "', which has no task to be answered"
        );
        return "nothing is outstanding for " + key;
    }
    lane.outstanding.erase(outstanding);
    lane.completions.push_back(std::move(completion));
    worker.changed_.notify_all();
    return worker.completion_error_;
}

std::optional<std::string> AbiAccess::heartbeat(ScriptedWorker& worker, std::string heartbeat) {
    const std::scoped_lock lock(worker.mutex_);
    worker.heartbeats_.push_back(std::move(heartbeat));
    worker.changed_.notify_all();
    return worker.heartbeat_error_;
}

void AbiAccess::request_eviction(ScriptedWorker& worker, std::string run_id) {
    {
        const std::scoped_lock lock(worker.mutex_);
        worker.eviction_requests_.push_back(run_id);
        worker.changed_.notify_all();
    }
    worker.deliver_activation(eviction_of(run_id));
}

std::optional<std::string> AbiAccess::finalize(ScriptedWorker& worker) {
    const std::scoped_lock lock(worker.mutex_);
    for (const ScriptedWorker::Lane* lane : {&worker.workflows_, &worker.activities_}) {
        if (lane->started && !lane->ended) {
            worker.violations_.emplace_back("finalized before the shutdown of every kind");
        }
    }
    worker.finalized_ = true;
    worker.changed_.notify_all();
    return std::nullopt;
}

void AbiAccess::abandon(ScriptedWorker& worker) {
    const std::scoped_lock lock(worker.mutex_);
    worker.shutdown_asked_ = true;
    for (ScriptedWorker::Lane* lane : {&worker.workflows_, &worker.activities_}) {
        lane->waiting.clear();
        lane->outstanding.clear();
    }
    worker.changed_.notify_all();
}

}  // namespace temporal::scripted
