/// @file scripted_core/scripted_worker.hpp
/// @brief The script's side of one worker: hands out tasks, collects answers.
#pragma once

#include "scripted_core/scripted_slots.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace temporal::scripted {

enum class Kind : std::uint32_t { kWorkflow = 1, kActivity = 2 };

/// One worker of the script.
///
/// It keeps core's promises: at most one outstanding activation for a run, the shutdown of a kind
/// only after its tasks are answered. It writes down what the SDK must not do, see `violations`.
///
/// Threads: use from any thread. What waits, waits on a condition, for at most `kPatience`.
class ScriptedWorker {
public:
    /// Far beyond what anything here takes; only a test that fails waits so long.
    static constexpr std::chrono::seconds kPatience{20};

    /// Hands out a serialised WorkflowActivation or ActivityTask, in the order of the calls. An
    /// activation waits until the one before it for the same run is answered.
    void deliver_activation(std::string activation);
    void deliver_activity_task(std::string task);
    void deliver_poll_error(Kind kind, std::string message);
    /// Ends polling as if the server had gone for good.
    void shut_down();

    /// The next answer, in the order in which they came; nothing if none comes in time.
    [[nodiscard]] std::optional<std::string> next_activation_completion();
    [[nodiscard]] std::optional<std::string> next_activity_completion();
    [[nodiscard]] std::optional<std::string> next_heartbeat();
    [[nodiscard]] std::optional<std::string> next_eviction_request();

    /// What the calls of the SDK are answered with from now on; nothing is success.
    void fail_creation(std::string message);
    void fail_validation(std::string message);
    void fail_completions(std::string message);
    void fail_heartbeats(std::string message);

    [[nodiscard]] bool wait_until_started();
    [[nodiscard]] bool wait_until_shutdown_is_asked_for();
    [[nodiscard]] bool wait_until_finalized();
    [[nodiscard]] std::string options() const;
    /// Of the supplier that the worker was made with; null without one, or when the worker is gone.
    [[nodiscard]] std::shared_ptr<ScriptedSlots> activity_slots() const;
    /// Answers to tasks that were never handed out or answered before, finalizing before the
    /// shutdown, and the like.
    [[nodiscard]] std::vector<std::string> violations() const;

private:
    friend class AbiAccess;

    struct Task {
        std::string key;  // The run or the task token; empty for an error.
        std::string body;
        bool is_error = false;
    };
    /// All of one kind.
    struct Lane {
        std::deque<Task> waiting;
        std::multiset<std::string> outstanding;
        std::deque<std::string> completions;
        bool started = false;
        bool ended = false;
    };

    Lane& lane(Kind kind) { return kind == Kind::kWorkflow ? workflows_ : activities_; }
    std::deque<Task>::iterator next_deliverable(Lane& lane);
    std::optional<std::string> next_of(std::deque<std::string>& queue);
    template <class Condition>
    bool wait_for(Condition condition);

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Lane workflows_;
    Lane activities_;
    std::deque<std::string> heartbeats_;
    std::deque<std::string> eviction_requests_;
    std::optional<std::string> creation_error_;
    std::optional<std::string> validation_error_;
    std::optional<std::string> completion_error_;
    std::optional<std::string> heartbeat_error_;
    std::string options_;
    std::weak_ptr<ScriptedSlots> activity_slots_;
    std::vector<std::string> violations_;
    bool shutdown_asked_ = false;
    bool finalized_ = false;
};

}  // namespace temporal::scripted
