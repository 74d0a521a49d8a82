#include "scripted_core/scripted_core.hpp"

#include "scripted_core/abi_access.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace temporal::scripted {
namespace {

// The C ABI has no place to say which script is meant, so there is one for the process.
std::atomic<ScriptedCore*> the_script{nullptr};
std::atomic<int> the_live_buffers{0};

struct LiveHandles {
    std::mutex mutex;
    std::condition_variable changed;
    int count = 0;
};
LiveHandles the_live_handles;

[[noreturn]] void give_up(const char* why) {
    std::fprintf(stderr, "scripted core: %s\n", why);
    std::abort();
}

tcore_ref lend(std::string_view bytes) {
    return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

}  // namespace

ScriptedCore::ScriptedCore() : log_(std::make_shared<Log>()) {
    ScriptedCore* none = nullptr;
    if (!the_script.compare_exchange_strong(none, this)) {
        give_up("there is another one already");
    }
}

ScriptedCore::~ScriptedCore() {
    if (live_handles() != 0 || live_buffers() != 0) {
        give_up("the test has handles or buffers left that it did not free");
    }
    the_script = nullptr;
}

ScriptedCore& ScriptedCore::current() {
    ScriptedCore* const script = the_script;
    if (script == nullptr) {
        give_up("the SDK was used while no script plays");
    }
    return *script;
}

void ScriptedCore::on_rpc(std::string method, Rpc reply) {
    const std::scoped_lock lock(mutex_);
    rpcs_by_method_[std::move(method)] = std::make_shared<const Rpc>(std::move(reply));
}

void ScriptedCore::on_connect(Connect reply) {
    const std::scoped_lock lock(mutex_);
    connect_ = std::make_shared<const Connect>(std::move(reply));
}

void ScriptedCore::hold_connections() {
    const std::scoped_lock lock(mutex_);
    connections_held_ = true;
}

void ScriptedCore::answer_connections() {
    const std::scoped_lock lock(mutex_);
    connections_held_ = false;
    connections_released_.notify_all();
}

void ScriptedCore::on_runtime(Reply reply) {
    const std::scoped_lock lock(mutex_);
    runtime_reply_ = std::move(reply);
}

void ScriptedCore::on_env_config(EnvConfig reply) {
    const std::scoped_lock lock(mutex_);
    env_config_ = std::make_shared<const EnvConfig>(std::move(reply));
}

void ScriptedCore::on_replay(Replay replay) {
    const std::scoped_lock lock(mutex_);
    replay_ = std::make_shared<const Replay>(std::move(replay));
}

void ScriptedCore::log(
    std::int32_t level,
    std::string_view target,
    std::string_view message,
    std::string_view fields_json
) const {
    const std::shared_lock lock(log_->mutex);
    if (log_->call != nullptr) {
        log_->call(
            log_->user, level, 1'700'000'000'123, lend(target), lend(message), lend(fields_json)
        );
    }
}

ScriptedWorker& ScriptedCore::worker(const std::string& task_queue) {
    const std::scoped_lock lock(mutex_);
    auto& worker = workers_[task_queue];
    if (worker == nullptr) {
        worker = std::make_shared<ScriptedWorker>();
    }
    return *worker;
}

std::vector<RpcRequest> ScriptedCore::rpcs() const {
    const std::scoped_lock lock(mutex_);
    return recorded_rpcs_;
}

std::string ScriptedCore::runtime_options() const {
    const std::scoped_lock lock(mutex_);
    return runtime_options_;
}

std::string ScriptedCore::connect_options() const {
    const std::scoped_lock lock(mutex_);
    return connect_options_;
}

int ScriptedCore::live_buffers() const {
    return the_live_buffers;
}

int ScriptedCore::live_handles() const {
    const std::scoped_lock lock(the_live_handles.mutex);
    return the_live_handles.count;
}

bool ScriptedCore::wait_until_all_is_freed() const {
    std::unique_lock lock(the_live_handles.mutex);
    return the_live_handles.changed.wait_for(lock, ScriptedWorker::kPatience, [] {
        return the_live_handles.count == 0;
    });
}

void count_handle(int change) {
    const std::scoped_lock lock(the_live_handles.mutex);
    the_live_handles.count += change;
    the_live_handles.changed.notify_all();
}

tcore_buf make_buffer(const std::string& bytes) {
    if (bytes.empty()) {
        return {nullptr, 0, 0};
    }
    ++the_live_buffers;
    auto* const data = new std::uint8_t[bytes.size()];
    std::copy(bytes.begin(), bytes.end(), data);
    return {data, bytes.size(), bytes.size()};
}

}  // namespace temporal::scripted

extern "C" void tcore_buf_free(tcore_buf buffer) {
    if (buffer.data != nullptr) {
        --temporal::scripted::the_live_buffers;
        delete[] buffer.data;
    }
}
