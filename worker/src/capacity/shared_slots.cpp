#include "capacity/shared_slots.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace inference {
namespace {

using Clock = std::chrono::steady_clock;

temporal::SlotPermit to_temporal(PermitId permit) {
    return temporal::SlotPermit{static_cast<std::uint64_t>(permit)};
}

PermitId from_temporal(temporal::SlotPermit permit) {
    return PermitId{static_cast<std::uint64_t>(permit)};
}

}  // namespace

/// The shares, and who waits for their permits.
class SharedSlots::Pool {
public:
    explicit Pool(SlotShares shares) : shares_(std::move(shares)), waiting_(shares_.queues()) {}

    void reserve(std::size_t queue, temporal::SlotReservation reservation) {
        change([&] {
            waiting_[queue].push_back(std::move(reservation));
            shares_.ask(queue);
        });
    }

    void withdraw(std::size_t queue, const temporal::SlotReservation& reservation) {
        change([&] {
            // One that is about to be granted is not there any more; its permit comes back unused.
            if (std::erase(waiting_[queue], reservation) > 0) {
                shares_.withdraw(queue);
            }
        });
    }

    std::optional<PermitId> try_take(std::size_t queue) {
        std::optional<PermitId> permit;
        change([&] { permit = shares_.try_take(queue, Clock::now()); });
        return permit;
    }

    void begin(PermitId permit) {
        change([&] { shares_.begin(permit, Clock::now()); });
    }

    void end(PermitId permit) {
        change([&] { shares_.end(permit, Clock::now()); });
    }

    void divide(const std::vector<double>& weights, std::size_t slots, Lending lending) {
        change([&] { shares_.divide(weights, slots, lending); });
    }

    std::vector<SlotShares::Use> use() {
        const std::lock_guard lock(mutex_);
        return shares_.use(Clock::now());
    }

    /// What a poll that takes too long leaves free is given out, though nothing else happens.
    void look_when_due(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        while (!stop.stop_requested()) {
            const auto until = next_look_;
            if (sooner_.wait_until(lock, stop, until, [&] { return next_look_ < until; })) {
                continue;
            }
            next_look_ = SlotShares::Time::max();
            lock.unlock();
            give_what_is_due();
            lock.lock();
        }
    }

private:
    struct Due {
        temporal::SlotReservation reservation;
        PermitId permit;
    };

    template <class Change>
    void change(Change change) {
        {
            const std::lock_guard lock(mutex_);
            change();
        }
        give_what_is_due();
    }

    void give_what_is_due() {
        bool is_some_left = true;
        while (is_some_left) {
            is_some_left = false;
            for (const auto& [reservation, permit] : take_due()) {
                if (!reservation.grant(to_temporal(permit))) {
                    const std::lock_guard lock(mutex_);
                    shares_.end(permit, Clock::now());
                    is_some_left = true;
                }
            }
        }
    }

    std::vector<Due> take_due() {
        const std::lock_guard lock(mutex_);
        std::vector<Due> due;
        for (const auto& [queue, permit] : shares_.grant(Clock::now())) {
            due.push_back({std::move(waiting_[queue].front()), permit});
            waiting_[queue].pop_front();
        }
        const auto look = shares_.next_look();
        if (look && *look < next_look_) {
            next_look_ = *look;
            sooner_.notify_one();
        }
        return due;
    }

    std::mutex mutex_;
    std::condition_variable_any sooner_;
    SlotShares shares_;
    std::vector<std::deque<temporal::SlotReservation>> waiting_;
    SlotShares::Time next_look_ = SlotShares::Time::max();  // When the clock wakes.
};

class SharedSlots::Supplier final : public temporal::SlotSupplier {
public:
    Supplier(std::shared_ptr<Pool> pool, std::size_t queue)
        : pool_(std::move(pool)), queue_(queue) {}

    void reserve(temporal::SlotReservation reservation) override {
        pool_->reserve(queue_, std::move(reservation));
    }
    void withdraw(const temporal::SlotReservation& reservation) override {
        pool_->withdraw(queue_, reservation);
    }
    std::optional<temporal::SlotPermit> try_reserve() override {
        const auto permit = pool_->try_take(queue_);
        return permit ? std::optional(to_temporal(*permit)) : std::nullopt;
    }
    void mark_used(temporal::SlotPermit permit) override { pool_->begin(from_temporal(permit)); }
    void release(temporal::SlotPermit permit) override { pool_->end(from_temporal(permit)); }

private:
    const std::shared_ptr<Pool> pool_;
    const std::size_t queue_;
};

SharedSlots::SharedSlots(SlotShares shares)
    : pool_(std::make_shared<Pool>(std::move(shares))),
      clock_([pool = pool_](const std::stop_token& stop) { pool->look_when_due(stop); }) {}

SharedSlots::~SharedSlots() = default;

std::shared_ptr<temporal::SlotSupplier> SharedSlots::supplier(std::size_t queue) const {
    return std::make_shared<Supplier>(pool_, queue);
}

void SharedSlots::divide(const std::vector<double>& weights, std::size_t slots, Lending lending) {
    pool_->divide(weights, slots, lending);
}

std::vector<SlotShares::Use> SharedSlots::use() const {
    return pool_->use();
}

}  // namespace inference
