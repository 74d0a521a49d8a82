#include "capacity/slot_shares.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace inference {

SlotShares::SlotShares(const std::vector<double>& weights, std::size_t slots, Lending lending)
    : queues_(weights.size()), slots_(slots), lending_(lending) {
    divide(weights, slots, lending);
}

void SlotShares::divide(const std::vector<double>& weights, std::size_t slots, Lending lending) {
    slots_ = slots;
    lending_ = lending;
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    // A product that is whole on paper may be a hair less here.
    constexpr double kHair = 1e-9;
    for (std::size_t i = 0; i < queues_.size(); ++i) {
        Queue& queue = queues_[i];
        queue.share = sum > 0 ? weights[i] / sum : 0;
        const double exact = static_cast<double>(slots) * queue.share;
        const auto whole = static_cast<std::size_t>(std::floor(exact + kHair));
        queue.floor = queue.share > 0 ? std::max<std::size_t>(1, whole) : 0;
    }
}

void SlotShares::ask(std::size_t queue) {
    ++queues_[queue].asking;
}

void SlotShares::withdraw(std::size_t queue) {
    --queues_[queue].asking;
}

std::vector<SlotShares::Grant> SlotShares::grant(Time now) {
    pass_time(now);
    let_polls_grow_old(now);
    forfeit_idle_time();
    std::vector<Grant> grants;
    for (Queue& queue : queues_) {
        if (queue.is_empty && can_poll(queue)) {
            --queue.asking;
            const std::size_t index = number(queue);
            grants.push_back(
                {index, issue({.queue = index, .since = now, .is_poll = true, .counts_until = {}})}
            );
        }
    }
    while (Queue* const queue = next_in_turn()) {
        --queue->asking;
        const std::size_t index = number(*queue);
        const auto until = now + std::chrono::ceil<Time::duration>(queue->poll_time);
        grants.push_back(
            {index, issue({.queue = index, .since = now, .is_poll = true, .counts_until = until})}
        );
    }
    return grants;
}

std::optional<PermitId> SlotShares::try_take(std::size_t queue, Time now) {
    pass_time(now);
    let_polls_grow_old(now);
    if (!may_take(queues_[queue])) {
        return std::nullopt;
    }
    return issue({.queue = queue, .since = now, .is_poll = false, .counts_until = Time::max()});
}

void SlotShares::begin(PermitId permit, Time now) {
    pass_time(now);
    const auto found = permits_.find(permit);
    if (found == permits_.end() || found->second.in_use) {
        return;
    }
    Permit& begun = found->second;
    Queue& queue = queues_[begun.queue];
    if (begun.is_poll && begun.counts_until) {
        learn_poll_time(queue, now - begun.since);
    }
    queue.expected -= begun.counts_until ? 1 : 0;
    if (begun.is_poll) {
        --queue.polling;
        queue.is_empty = false;
    }
    ++queue.used;
    begun.in_use = true;
    begun.counts_until.reset();
}

void SlotShares::end(PermitId permit, Time now) {
    pass_time(now);
    const auto found = permits_.find(permit);
    if (found == permits_.end()) {
        return;
    }
    const Permit ended = found->second;
    permits_.erase(found);
    Queue& queue = queues_[ended.queue];
    if (ended.in_use) {
        --queue.used;
        return;
    }
    queue.expected -= ended.counts_until ? 1 : 0;
    if (ended.is_poll) {
        --queue.polling;
        queue.is_empty = true;
    }
}

std::optional<SlotShares::Time> SlotShares::next_look() const {
    std::optional<Time> next;
    for (const auto& [id, permit] : permits_) {
        if (permit.is_poll && permit.counts_until && (!next || *permit.counts_until < *next)) {
            next = permit.counts_until;
        }
    }
    return next;
}

std::vector<SlotShares::Use> SlotShares::use(Time now) {
    pass_time(now);
    Seconds recent{0};
    for (const Queue& queue : queues_) {
        recent += queue.recent_time;
    }
    std::vector<Use> uses;
    for (const Queue& queue : queues_) {
        uses.push_back(
            {.share = queue.share,
             .floor = queue.floor,
             .used = queue.used,
             .lent = queue.used - std::min(queue.used, queue.floor),
             .waiting = queue.asking,
             .owed = owed(queue),
             .slot_time = queue.slot_time,
             .recent_share = recent > Seconds{0} ? queue.recent_time / recent : 0}
        );
    }
    return uses;
}

/// One poll at a time: those of a queue that turns out to be empty cannot be called back.
bool SlotShares::can_poll(const Queue& queue) const {
    return queue.asking > 0 && queue.polling == 0;
}

bool SlotShares::has_work(const Queue& queue) const {
    return !queue.is_empty && (queue.asking > 0 || queue.polling > 0);
}

bool SlotShares::is_active(const Queue& queue) const {
    return queue.used > 0 || has_work(queue);
}

std::size_t SlotShares::below_floor(const Queue& queue) const {
    const std::size_t had = queue.used + queue.expected;
    return queue.floor - std::min(had, queue.floor);
}

std::size_t SlotShares::owed(const Queue& queue) const {
    if (taken() < slots_) {
        return 0;
    }
    std::size_t wanted = 0;
    for (const Queue& other : queues_) {
        wanted +=
            &other != &queue && has_work(other) && other.polling == 0 ? below_floor(other) : 0;
    }
    return std::min(queue.used - std::min(queue.used, queue.floor), wanted);
}

std::size_t SlotShares::taken() const {
    return std::accumulate(
        queues_.begin(),
        queues_.end(),
        std::size_t{0},
        [](std::size_t sum, const Queue& it) { return sum + it.used + it.expected; }
    );
}

/// Slots that others have a claim to, though their polls are yet to come: all to their floors, and the one furthest behind to one.
std::size_t SlotShares::kept_for_others(const Queue& queue) const {
    std::size_t kept = 0;
    bool is_someone_behind = false;
    for (const Queue& other : queues_) {
        if (&other != &queue && (lending_ == Lending::kStrict || has_work(other))) {
            kept += below_floor(other);
            is_someone_behind =
                is_someone_behind || (has_work(other) && place(other) < place(queue));
        }
    }
    return std::max<std::size_t>(kept, is_someone_behind ? 1 : 0);
}

bool SlotShares::may_take(const Queue& queue) const {
    return below_floor(queue) > 0 ? taken() < slots_ : taken() + kept_for_others(queue) < slots_;
}

/// Lower comes first. Slots that are owed need no place: they are kept.
SlotShares::Place SlotShares::place(const Queue& queue) const {
    return {queue.share == 0, queue.lead};
}

SlotShares::Queue* SlotShares::next_in_turn() {
    Queue* next = nullptr;
    for (Queue& queue : queues_) {
        if (can_poll(queue) && may_take(queue) &&
            (next == nullptr || place(queue) < place(*next))) {
            next = &queue;
        }
    }
    return next;
}

/// Four times the average of late.
void SlotShares::learn_poll_time(Queue& queue, Seconds took) {
    constexpr double kPatience = 4;
    constexpr double kWeightOfNews = 0.25;
    const Seconds learned = queue.poll_time + kWeightOfNews * (kPatience * took - queue.poll_time);
    queue.poll_time = std::clamp<Seconds>(learned, kLeastPollTime, kFirstPollTime);
}

void SlotShares::pass_time(Time now) {
    const auto passed = now_ && now > *now_ ? Seconds(now - *now_) : Seconds{0};
    now_ = now_ ? std::max(*now_, now) : now;
    const double fading = std::exp(-(passed / Seconds(kRecent)));
    for (Queue& queue : queues_) {
        const Seconds held = passed * static_cast<double>(queue.used);
        queue.slot_time += held;
        queue.recent_time = queue.recent_time * fading + held;
        queue.lead += queue.share > 0 ? held / queue.share : Seconds{0};
    }
}

void SlotShares::let_polls_grow_old(Time now) {
    for (auto& [id, permit] : permits_) {
        if (permit.is_poll && permit.counts_until && *permit.counts_until <= now) {
            permit.counts_until.reset();
            --queues_[permit.queue].expected;
            queues_[permit.queue].is_empty = true;
        }
    }
}

void SlotShares::forfeit_idle_time() {
    std::optional<Seconds> least;
    for (const Queue& queue : queues_) {
        if (queue.was_active && is_active(queue)) {
            least = least ? std::min(*least, queue.lead) : queue.lead;
        }
    }
    for (Queue& queue : queues_) {
        if (is_active(queue) && !queue.was_active && least) {
            queue.lead = std::max(queue.lead, *least);
        }
        queue.was_active = is_active(queue);
    }
}

PermitId SlotShares::issue(const Permit& permit) {
    Queue& queue = queues_[permit.queue];
    queue.expected += permit.counts_until ? 1 : 0;
    queue.polling += permit.is_poll ? 1 : 0;
    const PermitId id{++last_permit_};
    permits_.emplace(id, permit);
    return id;
}

std::size_t SlotShares::number(const Queue& queue) const {
    return static_cast<std::size_t>(&queue - queues_.data());
}

}  // namespace inference
