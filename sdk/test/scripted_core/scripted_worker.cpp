#include "scripted_core/scripted_worker.hpp"

#include "temporal/sdk/core/core_interface.pb.h"

#include <algorithm>
#include <utility>

namespace temporal::scripted {
namespace {

std::string run_id_of(const std::string& activation) {
    coresdk::workflow_activation::WorkflowActivation message;
    message.ParseFromString(activation);
    return message.run_id();
}

/// Only a start is owed an answer.
std::string owed_token_of(const std::string& task) {
    coresdk::activity_task::ActivityTask message;
    message.ParseFromString(task);
    return message.has_start() ? message.task_token() : std::string{};
}

}  // namespace

void ScriptedWorker::deliver_activation(std::string activation) {
    std::string run_id = run_id_of(activation);
    const std::scoped_lock lock(mutex_);
    workflows_.waiting.push_back({.key = std::move(run_id), .body = std::move(activation)});
    changed_.notify_all();
}

void ScriptedWorker::deliver_activity_task(std::string task) {
    std::string token = owed_token_of(task);
    const std::scoped_lock lock(mutex_);
    activities_.waiting.push_back({.key = std::move(token), .body = std::move(task)});
    changed_.notify_all();
}

void ScriptedWorker::deliver_poll_error(Kind kind, std::string message) {
    const std::scoped_lock lock(mutex_);
    lane(kind).waiting.push_back({.key = {}, .body = std::move(message), .is_error = true});
    changed_.notify_all();
}

void ScriptedWorker::shut_down() {
    const std::scoped_lock lock(mutex_);
    shutdown_asked_ = true;
    changed_.notify_all();
}

std::deque<ScriptedWorker::Task>::iterator ScriptedWorker::next_deliverable(Lane& from) {
    return std::find_if(from.waiting.begin(), from.waiting.end(), [&from](const Task& task) {
        return task.key.empty() || !from.outstanding.contains(task.key);
    });
}

template <class Condition>
bool ScriptedWorker::wait_for(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, condition);
}

std::optional<std::string> ScriptedWorker::next_of(std::deque<std::string>& queue) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, kPatience, [&queue] { return !queue.empty(); })) {
        return std::nullopt;
    }
    std::string first = std::move(queue.front());
    queue.pop_front();
    return first;
}

std::optional<std::string> ScriptedWorker::next_activation_completion() {
    return next_of(workflows_.completions);
}
std::optional<std::string> ScriptedWorker::next_activity_completion() {
    return next_of(activities_.completions);
}
std::optional<std::string> ScriptedWorker::next_heartbeat() {
    return next_of(heartbeats_);
}
std::optional<std::string> ScriptedWorker::next_eviction_request() {
    return next_of(eviction_requests_);
}

void ScriptedWorker::fail_creation(std::string message) {
    const std::scoped_lock lock(mutex_);
    creation_error_ = std::move(message);
}
void ScriptedWorker::fail_validation(std::string message) {
    const std::scoped_lock lock(mutex_);
    validation_error_ = std::move(message);
}
void ScriptedWorker::fail_completions(std::string message) {
    const std::scoped_lock lock(mutex_);
    completion_error_ = std::move(message);
}
void ScriptedWorker::fail_heartbeats(std::string message) {
    const std::scoped_lock lock(mutex_);
    heartbeat_error_ = std::move(message);
}

bool ScriptedWorker::wait_until_started() {
    return wait_for([this] { return workflows_.started || activities_.started; });
}
bool ScriptedWorker::wait_until_shutdown_is_asked_for() {
    return wait_for([this] { return shutdown_asked_; });
}
bool ScriptedWorker::wait_until_finalized() {
    return wait_for([this] { return finalized_; });
}

std::shared_ptr<ScriptedSlots> ScriptedWorker::activity_slots() const {
    const std::lock_guard lock(mutex_);
    return activity_slots_.lock();
}

std::string ScriptedWorker::options() const {
    const std::scoped_lock lock(mutex_);
    return options_;
}

std::vector<std::string> ScriptedWorker::violations() const {
    const std::scoped_lock lock(mutex_);
    return violations_;
}

}  // namespace temporal::scripted
