/// @file scripted_core/scripted_core.hpp
/// @brief A core that plays a script behind the C ABI: tests of the SDK without Rust and without a
/// server.
#pragma once

#include "scripted_core/scripted_worker.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace temporal::scripted {

/// A call of the server as the SDK made it.
struct RpcRequest {
    std::uint32_t service = 0;
    std::string method;
    std::string request;
    std::string metadata_json;
    bool retry = false;
    std::chrono::milliseconds timeout{0};
};

/// What the script answers.
struct RpcReply {
    std::int32_t code = 0;
    std::string response;
    std::string message;
    std::string details;
    /// Gives no answer: the call ends by its own timeout, with code 4, or by a cancel, with code 1.
    bool hold = false;
};

/// An answer or, where `error` is set, a refusal.
struct Reply {
    std::string answer;
    std::optional<std::string> error = std::nullopt;
};

/// Plays the core while it lives. One at a time in a process, for the C ABI has no place to say
/// which one is meant.
///
/// Threads: use from any thread. Everything the SDK is told comes on threads of the script, as from
///          the real core.
/// Destroy: after the last runtime, connection and worker of the test; it checks that none is left.
class ScriptedCore {
public:
    using Rpc = std::function<RpcReply(const RpcRequest&)>;
    using Connect = std::function<Reply(const std::string& options_json)>;
    using EnvConfig = std::function<Reply(const std::string& options_json)>;
    /// The activations by which a replayer shows one history to the SDK.
    using Replay = std::function<
        std::vector<std::string>(const std::string& workflow_id, const std::string& history)>;

    ScriptedCore();
    ~ScriptedCore();
    ScriptedCore(const ScriptedCore&) = delete;
    ScriptedCore& operator=(const ScriptedCore&) = delete;

    /// The script that plays now; a test that links this library has one.
    static ScriptedCore& current();

    /// Answers a method; the default is code 12 (unimplemented). Runs on a thread of its own for
    /// each call.
    void on_rpc(std::string method, Rpc reply);
    /// Answers the next connections: a refusal's text is core's {"kind","message"}. The default is
    /// to accept.
    void on_connect(Connect reply);
    /// Leaves connections unanswered until `answer_connections`.
    void hold_connections();
    void answer_connections();
    /// Answers the making of runtimes: the answer is core's {"metrics_address"}.
    void on_runtime(Reply reply);
    void on_env_config(EnvConfig reply);
    void on_replay(Replay replay);

    /// Logs through the runtime, on the calling thread, as the real core does.
    void log(
        std::int32_t level,
        std::string_view target,
        std::string_view message,
        std::string_view fields_json
    ) const;

    /// The worker that serves this queue, now or later.
    ScriptedWorker& worker(const std::string& task_queue = "queue");

    [[nodiscard]] std::vector<RpcRequest> rpcs() const;
    [[nodiscard]] std::string runtime_options() const;
    [[nodiscard]] std::string connect_options() const;
    /// Buffers and handles that the SDK has been given and has not freed.
    [[nodiscard]] int live_buffers() const;
    [[nodiscard]] int live_handles() const;
    /// For what is freed by a thread that nobody can join.
    [[nodiscard]] bool wait_until_all_is_freed() const;

private:
    friend class AbiAccess;

    struct Log;

    mutable std::mutex mutex_;
    std::condition_variable connections_released_;
    // Functions are shared, for a copy of one would begin its script anew.
    std::map<std::string, std::shared_ptr<const Rpc>> rpcs_by_method_;
    std::shared_ptr<const Connect> connect_;
    bool connections_held_ = false;
    Reply runtime_reply_{.answer = R"({"metrics_address":null})"};
    std::shared_ptr<const EnvConfig> env_config_;
    std::shared_ptr<const Replay> replay_;
    std::map<std::string, std::shared_ptr<ScriptedWorker>> workers_;
    std::vector<RpcRequest> recorded_rpcs_;
    std::string runtime_options_;
    std::string connect_options_;
    std::shared_ptr<Log> log_;
};

}  // namespace temporal::scripted
