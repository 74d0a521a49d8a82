#include "engine.hpp"

#include <cstdint>
#include <utility>

namespace engine_sim {

namespace {

using nlohmann::ordered_json;

/// Wall-clock microseconds, so that several processes' records can be laid side by side.
std::int64_t unix_microseconds() {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count();
}

std::int64_t microseconds(Duration duration) {
    return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

}  // namespace

Engine::Engine(
    boost::asio::io_context& io, Scheduler::Limits limits, FaultScript faults, CallLog log
)
    : io_(io),
      next_event_(io),
      scheduler_(limits),
      faults_(std::move(faults)),
      log_(std::move(log)) {}

CallId Engine::receive(const CallFacts& facts, Callback on_stop) {
    const CallId id = ++received_;
    Call& call = calls_[id];
    call.facts = facts;
    call.received = Clock::now();
    call.on_stop = std::move(on_stop);
    log_event(
        "received",
        id,
        call,
        {{"batch", facts.batch}, {"priority", facts.priority}, {"traceparent", facts.traceparent}}
    );
    return id;
}

void Engine::delay(CallId id, std::chrono::milliseconds delay, Callback next) {
    if (delay.count() == 0) {
        next();
        return;
    }
    Call& call = calls_.at(id);
    call.timer = std::make_unique<boost::asio::steady_timer>(io_, delay);
    call.timer->async_wait([this, id, next = std::move(next)](const boost::system::error_code& error
                           ) {
        if (!error && calls_.contains(id)) {
            next();
        }
    });
}

bool Engine::run(
    CallId id,
    const std::vector<Duration>& sequences,
    int priority,
    Callback done,
    SequenceStarted on_sequence
) {
    const auto tell = on_sequence ? Scheduler::Tell::kSequences : Scheduler::Tell::kCall;
    if (!scheduler_.submit(id, sequences, priority, Clock::now(), tell)) {
        return false;
    }
    Call& call = calls_.at(id);
    call.done = std::move(done);
    call.on_sequence = std::move(on_sequence);
    pump();
    return true;
}

void Engine::finish(CallId id, const ordered_json& outcome) {
    const auto call = calls_.extract(id);
    const TimePoint now = Clock::now();
    const TimePoint started = call.mapped().started.value_or(now);
    ordered_json details = {
        {"waited_us", microseconds(started - call.mapped().received)},
        {"took_us", microseconds(now - started)},
    };
    details.update(outcome);
    log_event("finished", id, call.mapped(), details);
    ++finished_;
    if (call.mapped().done) {
        scheduler_.remove(id, now);
        pump();
    }
}

void Engine::abort(CallId id, std::string_view reason) {
    const auto call = calls_.extract(id);
    if (call.empty()) {
        return;
    }
    log_event(
        "aborted",
        id,
        call.mapped(),
        {{"reason", reason}, {"was_running", call.mapped().started.has_value()}}
    );
    ++aborted_;
    scheduler_.remove(id, Clock::now());
    pump();
}

void Engine::take_down(std::string_view reason) {
    is_down_ = true;
    std::vector<Callback> stops;
    while (!calls_.empty()) {
        stops.push_back(std::move(calls_.begin()->second.on_stop));
        abort(calls_.begin()->first, reason);
    }
    for (const Callback& stop : stops) {
        stop();
    }
}

void Engine::pump() {
    for (const Scheduler::Event& event : scheduler_.advance(Clock::now())) {
        tell(event);
    }
    const auto next = scheduler_.next_event();
    if (!next) {
        next_event_.cancel();
        return;
    }
    next_event_.expires_at(*next);
    next_event_.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            pump();
        }
    });
}

void Engine::tell(const Scheduler::Event& event) {
    const auto call = calls_.find(event.call);
    if (call == calls_.end()) {
        return;  // An earlier event has ended it.
    }
    // What is called may end the call, and with it what is called.
    switch (event.kind) {
        case Scheduler::Event::Kind::kStarted:
            call->second.started = event.at;
            log_event("started", event.call, call->second, ordered_json::object());
            break;
        case Scheduler::Event::Kind::kSequenceStarted: {
            const SequenceStarted on_sequence = call->second.on_sequence;
            on_sequence(event.sequence, event.at);
            break;
        }
        case Scheduler::Event::Kind::kFinished: {
            const Callback done = std::exchange(call->second.done, nullptr);
            done();
            break;
        }
    }
}

void Engine::log_event(
    std::string_view event, CallId id, const Call& call, const ordered_json& details
) {
    ordered_json line = {
        {"event", event},
        {"call", id},
        {"unix_us", unix_microseconds()},
        {"path", call.facts.path},
        {"model", call.facts.model},
        {"request_id", call.facts.request_id},
    };
    line.update(details);
    log_.write(std::move(line));
}

ordered_json Engine::counts() const {
    return {
        {"received", received_},
        {"live", calls_.size()},
        {"finished", finished_},
        {"aborted", aborted_},
        {"running", scheduler_.running()},
        {"waiting", scheduler_.waiting()},
    };
}

}  // namespace engine_sim
