#include "ticker.hpp"

#include <algorithm>

namespace engine_sim {

void Ticker::wake(const std::shared_ptr<Paced>& paced, TimePoint at) {
    enqueue(paced, at);
    arm();
}

void Ticker::enqueue(const std::shared_ptr<Paced>& paced, TimePoint at) {
    if (!paced->wakes_at_ || at < *paced->wakes_at_) {
        paced->wakes_at_ = at;  // An entry for a later time no longer counts.
        waiting_.emplace(at, paced);
    }
}

void Ticker::arm() {
    if (waiting_.empty()) {
        return;
    }
    const Duration since_epoch = waiting_.begin()->first.time_since_epoch();
    const TimePoint at{(since_epoch + kGrain - Duration(1)) / kGrain * kGrain};
    if (armed_for_ && *armed_for_ <= at) {
        return;
    }
    armed_for_ = at;
    timer_.expires_at(at);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            advance();
        }
    });
}

void Ticker::advance() {
    armed_for_.reset();
    const TimePoint now = Clock::now();
    while (!waiting_.empty() && waiting_.begin()->first <= now) {
        const auto entry = waiting_.extract(waiting_.begin());
        const auto paced = entry.mapped().lock();
        if (!paced || paced->wakes_at_ != entry.key()) {
            continue;
        }
        paced->wakes_at_.reset();
        if (const auto next = paced->advance(now)) {
            // Not before the next grain, whatever it says: this loop ends.
            enqueue(paced, std::max(*next, now + Duration(1)));
        }
    }
    arm();
}

}  // namespace engine_sim
