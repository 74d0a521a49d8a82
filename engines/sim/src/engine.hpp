/// @file engine.hpp
/// @brief The life of every call, whichever dialect it came in: received, started, then finished or aborted.
#pragma once

#include "call.hpp"
#include "call_log.hpp"
#include "fault_script.hpp"
#include "scheduler.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace engine_sim {

/// Joins the scheduler, the fault script and the log, and gives them the time.
///
/// Threads: the I/O thread only.
class Engine {
public:
    using Callback = std::function<void()>;
    using SequenceStarted = std::function<void(std::size_t sequence, TimePoint at)>;

    Engine(boost::asio::io_context& io, Scheduler::Limits limits, FaultScript faults, CallLog log);

    /// Logs the call. `on_stop` is called instead of everything else if the engine goes down under it.
    CallId receive(const CallFacts& facts, Callback on_stop);

    std::optional<FaultAction> next_fault(const CallFacts& facts) { return faults_.next(facts); }
    bool reads_text() const { return faults_.reads_text(); }

    /// The process behind the ports dies, and another takes its place after that time.
    void crash(std::chrono::milliseconds down_for) { crash_(down_for); }
    void on_crash(std::function<void(std::chrono::milliseconds)> crash) {
        crash_ = std::move(crash);
    }

    /// Goes on after the delay, or at once if it is 0.
    /// Cancel: a call that was aborted does not go on.
    void delay(CallId id, std::chrono::milliseconds delay, Callback next);

    /// Takes slots for the sequences; `done` is called when the last of them has been served, and before that
    /// `on_sequence`, if there is one, as each of them gets its slot. Either may be called from in here.
    /// False if the queue is full.  Cancel: nothing is called for a call that was aborted or is finished.
    bool run(
        CallId id,
        const std::vector<Duration>& sequences,
        int priority,
        Callback done,
        SequenceStarted on_sequence = nullptr
    );

    /// The last thing to happen to a call that gets an answer; `outcome` goes into the log. Slots that it still
    /// holds are free from now on.
    void finish(CallId id, const nlohmann::ordered_json& outcome);

    /// Frees what the call holds. Unknown ids are ignored, so that an answer and a hang-up may cross.
    void abort(CallId id, std::string_view reason);

    /// Aborts all calls and takes no more until `bring_up`.
    void take_down(std::string_view reason);
    void bring_up() { is_down_ = false; }
    bool is_down() const { return is_down_; }

    void set_faults(FaultScript faults) { faults_ = std::move(faults); }
    CallLog& log() { return log_; }

    /// How many calls there are of each kind: `live`, and since the start `received`, `finished`, `aborted`;
    /// and sequences: `running`, `waiting`.
    nlohmann::ordered_json counts() const;

private:
    struct Call {
        CallFacts facts;
        TimePoint received;
        std::optional<TimePoint> started;
        Callback on_stop;
        Callback done;  // while it holds or waits for slots
        SequenceStarted on_sequence;
        std::unique_ptr<boost::asio::steady_timer> timer;
    };

    void pump();
    void tell(const Scheduler::Event& event);
    void log_event(
        std::string_view event, CallId id, const Call& call, const nlohmann::ordered_json& details
    );

    boost::asio::io_context& io_;
    boost::asio::steady_timer next_event_;
    Scheduler scheduler_;
    FaultScript faults_;
    CallLog log_;
    std::map<CallId, Call> calls_;
    std::function<void(std::chrono::milliseconds)> crash_;
    bool is_down_ = false;
    std::size_t received_ = 0;
    std::size_t finished_ = 0;
    std::size_t aborted_ = 0;
};

}  // namespace engine_sim
