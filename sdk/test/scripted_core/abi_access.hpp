/// @file scripted_core/abi_access.hpp
/// @brief What the C functions may do with the script.
#pragma once

#include "scripted_core/scripted_core.hpp"
#include "temporal_core.h"

#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>

namespace temporal::scripted {

/// The log callback of a runtime; closed when the runtime is freed.
struct ScriptedCore::Log {
    // Shared by the calls under way, which closing has to wait for.
    std::shared_mutex mutex;
    tcore_log_fn call = nullptr;
    void* user = nullptr;
};

/// The one friend of ScriptedCore and ScriptedWorker.
class AbiAccess {
public:
    // The core.
    static Reply make_runtime(std::string options, tcore_log_fn log, void* log_user);
    static void close_log();
    static Reply env_config(const std::string& options);
    static Reply connect(const std::string& options);
    static RpcReply rpc(const RpcRequest& request);
    static std::vector<std::string> replay(
        const std::string& workflow_id, const std::string& history
    );

    // A worker.
    static std::optional<std::string> open(ScriptedWorker& worker, std::string options);
    static void set_slots(ScriptedWorker& worker, const std::shared_ptr<ScriptedSlots>& slots);
    static std::optional<std::string> validate(ScriptedWorker& worker);
    static void pump(ScriptedWorker& worker, Kind kind, tcore_task_fn on_task, void* user);
    static std::optional<std::string> complete(
        ScriptedWorker& worker, Kind kind, std::string completion
    );
    static std::optional<std::string> heartbeat(ScriptedWorker& worker, std::string heartbeat);
    static void request_eviction(ScriptedWorker& worker, std::string run_id);
    static std::optional<std::string> finalize(ScriptedWorker& worker);
    static void abandon(ScriptedWorker& worker);
};

/// Counts what the SDK holds.
void count_handle(int change);
tcore_buf make_buffer(const std::string& bytes);

}  // namespace temporal::scripted
