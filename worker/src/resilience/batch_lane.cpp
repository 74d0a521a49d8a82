#include "resilience/batch_lane.hpp"

#include "resilience/backoff.hpp"
#include "resilience/poison.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace inference {
namespace {

/// The engine wants less, or nothing, for a while: no fault of the item.
bool holds_all_back(const Error& error) {
    return error.error_class == ErrorClass::kTransient &&
           (!error.sent || error.retry_after || error.code == ErrorCode::kRateLimited);
}

/// An engine that dies seldom says so: mostly its connections break.
bool may_have_died(const Error& error) {
    return error.error_class == ErrorClass::kTransient &&
           (error.engine_died || error.code == ErrorCode::kConnection);
}

}  // namespace

BatchLane::BatchLane(LaneOptions options)
    : options_(options), depth_(options.depth), group_(std::max<std::int64_t>(options.group, 1)) {}

void BatchLane::add(LaneItem item, std::uint64_t kind) {
    fresh_.push_back({item, kind});
}

void BatchLane::remove(std::uint32_t chunk) {
    const auto is_of = [chunk](const Waiting& waiting) { return waiting.item.chunk == chunk; };
    std::erase_if(fresh_, is_of);
    std::erase_if(suspects_, is_of);
    std::erase_if(again_, [&](const auto& entry) { return is_of(entry.second); });
    std::erase_if(records_, [chunk](const auto& entry) { return entry.first.chunk == chunk; });
    if (fresh_.empty() && suspects_.empty() && again_.empty()) {
        not_ready_since_.reset();
        not_ready_looks_ = 0;
        lost_.reset();
    }
}

std::vector<LaneCall> BatchLane::take(Time now) {
    std::vector<LaneCall> calls;
    if (now < held_until_) {
        return calls;
    }
    if (!suspects_.empty()) {
        if (in_flight_.empty()) {
            const Waiting suspect = suspects_.front();
            suspects_.pop_front();
            calls.push_back(send({suspect}, now));
        }
        return calls;
    }
    // A suspect that is under way is alone until it has ended.
    const bool in_quarantine =
        in_flight_.size() == 1 && in_flight_.begin()->second.items.size() == 1 &&
        records_.contains(in_flight_.begin()->second.items.front().item) &&
        records_.at(in_flight_.begin()->second.items.front().item).deaths > 0;
    while (!in_quarantine && std::ssize(in_flight_) < depth_.depth()) {
        std::vector<Waiting> group = next_group(now);
        if (group.empty()) {
            break;
        }
        calls.push_back(send(std::move(group), now));
    }
    return calls;
}

LaneCall BatchLane::send(std::vector<Waiting> items, Time now) {
    const bool alone = in_flight_.empty();
    for (auto& [number, other] : in_flight_) {
        other.alone = false;
    }
    LaneCall call{.number = ++calls_, .chunk = items.front().item.chunk, .items = {}};
    for (const Waiting& waiting : items) {
        call.items.push_back(waiting.item.item);
    }
    in_flight_.emplace(
        call.number,
        InFlight{.items = std::move(items), .alone = alone, .depth = depth_.depth(), .sent = now}
    );
    return call;
}

std::optional<BatchLane::Waiting> BatchLane::peek(Time now) const {
    if (!again_.empty() && again_.begin()->first <= now) {
        return again_.begin()->second;
    }
    return fresh_.empty() ? std::nullopt : std::optional(fresh_.front());
}

void BatchLane::pop(Time now) {
    if (!again_.empty() && again_.begin()->first <= now) {
        again_.erase(again_.begin());
    } else {
        fresh_.pop_front();
    }
}

std::int64_t BatchLane::group_of(const LaneItem& item) const {
    const auto record = records_.find(item);
    return record == records_.end() || record->second.group == 0
               ? group_
               : std::min(group_, record->second.group);
}

std::vector<BatchLane::Waiting> BatchLane::next_group(Time now) {
    std::vector<Waiting> group;
    std::int64_t room = group_;
    while (const auto next = peek(now)) {
        room = std::min(room, group_of(next->item));
        const bool fits = group.empty() || (std::ssize(group) < room && next->kind != 0 &&
                                            next->kind == group.front().kind &&
                                            next->item.chunk == group.front().item.chunk);
        if (!fits) {
            break;
        }
        group.push_back(*next);
        pop(now);
    }
    return group;
}

void BatchLane::answered(std::uint64_t call, Time now) {
    const auto found = in_flight_.find(call);
    if (found == in_flight_.end()) {
        return;
    }
    for (const Waiting& waiting : found->second.items) {
        records_.erase(waiting.item);
    }
    const Time sent = found->second.sent;
    in_flight_.erase(found);
    not_ready_since_.reset();
    not_ready_looks_ = 0;
    depth_.answered(now, now - sent, !fresh_.empty());
}

void BatchLane::dropped(std::uint64_t call) {
    in_flight_.erase(call);
}

std::vector<LaneLoss> BatchLane::failed(
    std::uint64_t call, const Error& error, Time now, double uniform
) {
    const auto found = in_flight_.find(call);
    if (found == in_flight_.end()) {
        return {};
    }
    const InFlight ended = std::move(found->second);
    in_flight_.erase(found);
    if (holds_all_back(error)) {
        hold(ended, error, now, uniform);
        return {};
    }
    not_ready_since_.reset();
    not_ready_looks_ = 0;
    if (may_have_died(error)) {
        return engine_died(ended, error);
    }
    const RetryNumbers& numbers = options_.numbers;
    switch (error.error_class) {
        case ErrorClass::kTransient:
            return counted(ended, error, &Record::transient, numbers.transient_tries, now, uniform);
        case ErrorClass::kTimeout:
            // It waited in the engine behind too many others.
            if (ended.depth > depth_.depth()) {
                put_back_after(ended.items, error, 1, now, uniform);
                return {};
            }
            return counted(ended, error, &Record::timeouts, numbers.timeout_tries, now, uniform);
        case ErrorClass::kOutOfMemory: return out_of_memory(ended, error, now, uniform);
        case ErrorClass::kFatal: break;
    }
    return fatal_error(ended, error);
}

void BatchLane::put_back(const std::vector<Waiting>& items) {
    for (auto waiting = items.rbegin(); waiting != items.rend(); ++waiting) {
        const auto record = records_.find(waiting->item);
        const bool is_suspect = record != records_.end() && record->second.deaths > 0;
        (is_suspect ? suspects_ : fresh_).push_front(*waiting);
    }
}

void BatchLane::put_back_after(
    const std::vector<Waiting>& items, const Error& error, int failures, Time now, double uniform
) {
    const RetryNumbers& numbers = options_.numbers;
    const auto wait =
        error.retry_after.value_or(backoff(numbers, failures, numbers.longest_delay, uniform));
    for (const Waiting& waiting : items) {
        if (records_[waiting.item].deaths > 0) {
            suspects_.push_back(waiting);
        } else {
            again_.emplace(now + wait, waiting);
        }
    }
}

void BatchLane::hold(const InFlight& call, const Error& error, Time now, double uniform) {
    const RetryNumbers& numbers = options_.numbers;
    put_back(call.items);
    if (!not_ready_since_) {
        not_ready_since_ = now;
    }
    if (now - *not_ready_since_ >= options_.ready_timeout) {
        lost_ = error;
        lost_->code = ErrorCode::kEngineNotReady;
        lost_->message = "no endpoint took anything for " +
                         std::to_string(options_.ready_timeout.count() / 1000) +
                         " s (ready_timeout); last: " + error.message;
        held_until_ = now + numbers.longest_ready_delay;
        return;
    }
    // Those that were sent together come back together: that is one look, not many.
    if (now < held_until_) {
        return;
    }
    ++not_ready_looks_;
    const auto wait = error.retry_after.value_or(
        backoff(numbers, not_ready_looks_, numbers.longest_ready_delay, uniform)
    );
    held_until_ = now + std::min(wait, numbers.longest_retry_after);
    if (error.sent) {
        depth_.halve(call.depth);
    }
}

std::vector<LaneLoss> BatchLane::engine_died(const InFlight& call, const Error& error) {
    std::vector<LaneLoss> losses;
    for (const Waiting& waiting : call.items) {
        Record& record = records_[waiting.item];
        ++record.deaths;
        record.group = 1;
        const bool is_proved = call.alone && call.items.size() == 1;
        if (is_proved && record.deaths >= options_.numbers.engine_deaths) {
            losses.push_back(lose(waiting, poison(error, record.deaths)));
        } else {
            suspects_.push_back(waiting);
        }
    }
    return losses;
}

std::vector<LaneLoss> BatchLane::out_of_memory(
    const InFlight& call, const Error& error, Time now, double uniform
) {
    const auto items = std::ssize(call.items);
    if (items > 1) {
        const std::int64_t half = items / 2;
        const std::int64_t told = error.batch_limit.value_or(half);
        group_ = std::min(group_, told >= 1 && told < items ? told : half);
        put_back(call.items);
        return {};
    }
    if (!call.alone) {
        depth_.halve(call.depth);
        put_back_after(call.items, error, 1, now, uniform);
        return {};
    }
    return counted(call, error, &Record::oom_alone, options_.numbers.oom_tries, now, uniform);
}

std::vector<LaneLoss> BatchLane::counted(
    const InFlight& call,
    const Error& error,
    int Record::* count,
    int tries,
    Time now,
    double uniform
) {
    std::vector<LaneLoss> losses;
    std::vector<Waiting> again;
    int failures = 1;
    for (const Waiting& waiting : call.items) {
        Record& record = records_[waiting.item];
        failures = std::max(failures, ++(record.*count));
        if (record.*count < tries) {
            again.push_back(waiting);
        } else if (call.items.size() > 1) {
            record = {.group = 1};  // It may be another's fault.
            again.push_back(waiting);
        } else {
            losses.push_back(lose(waiting, error));
        }
    }
    put_back_after(again, error, failures, now, uniform);
    return losses;
}

std::vector<LaneLoss> BatchLane::fatal_error(const InFlight& call, const Error& error) {
    if (call.items.size() == 1) {
        return {lose(call.items.front(), error)};
    }
    for (const Waiting& waiting : call.items) {
        records_[waiting.item].group = std::ssize(call.items) / 2;
    }
    put_back(call.items);
    return {};
}

LaneLoss BatchLane::lose(const Waiting& item, Error error) {
    records_.erase(item.item);
    return {.item = item.item, .error = std::move(error)};
}

std::optional<BatchLane::Time> BatchLane::next_look(Time now) const {
    std::optional<Time> next;
    if (now < held_until_ && !(fresh_.empty() && suspects_.empty())) {
        next = held_until_;
    }
    if (!again_.empty()) {
        const Time due = std::max(again_.begin()->first, held_until_);
        next = std::min(next.value_or(due), due);
    }
    // What is due already waits for a place, and not for a time.
    return next && *next > now ? next : std::nullopt;
}

}  // namespace inference
