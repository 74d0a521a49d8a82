// SlotShares under random load: pollers, a server and tasks, in simulated time. A failing seed is printed.
#include "capacity/slot_shares.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace inference {
namespace {

using namespace std::chrono_literals;
using Time = SlotShares::Time;
using Nanos = std::chrono::nanoseconds;

#ifdef NDEBUG
constexpr std::uint64_t kSeeds = 1000;
#else
constexpr std::uint64_t kSeeds = 100;  // Slower by as much.
#endif
constexpr Nanos kLongPoll = 60s;

class Random {
public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}
    double between(double low, double high) {
        return std::uniform_real_distribution<double>(low, high)(engine_);
    }
    Nanos between(Nanos low, Nanos high) {
        return Nanos(std::uniform_int_distribution<std::int64_t>(low.count(), high.count())(engine_)
        );
    }
    std::size_t pick(std::size_t low, std::size_t high) {
        return std::uniform_int_distribution<std::size_t>(low, high)(engine_);
    }

private:
    std::mt19937_64 engine_;
};

struct Load {
    double weight = 1;
    Nanos shortest = 100ms;
    Nanos longest = 1s;
    bool is_endless = false;  ///< There is always a task.
};

/// The worker's pollers and tasks around a SlotShares, and a server that holds the queues.
class Simulation {
public:
    Simulation(std::uint64_t seed, std::vector<Load> loads, std::size_t slots, Nanos round_trip)
        : random_(seed),
          loads_(std::move(loads)),
          round_trip_(round_trip),
          queues_(loads_.size()),
          shares_(weights_of(loads_), slots, Lending::kAllowed) {
        for (std::size_t queue = 0; queue < loads_.size(); ++queue) {
            shares_.ask(queue);
        }
        settle();
    }

    void at(Time time, std::function<void()> what) { events_.emplace(time, std::move(what)); }

    void add_tasks(std::size_t queue, std::size_t count) {
        queues_[queue].backlog += count;
        deliver(queue);
    }

    void run_until(Time end) {
        while (true) {
            const auto look = shares_.next_look();
            const Time next = events_.empty() ? Time::max() : events_.begin()->first;
            const Time time = std::min({next, look.value_or(Time::max()), end});
            now_ = std::max(now_, time);
            if (time == next && next <= end) {
                auto event = events_.extract(events_.begin());
                event.mapped()();
            }
            settle();
            if (watched_) {
                check();
            }
            if (time == end && next > end) {
                return;
            }
        }
    }

    /// Notes from now on what the functions below tell.
    void watch() { watched_ = true; }
    SlotShares& shares() { return shares_; }
    Time now() const { return now_; }
    std::size_t most_used() const { return most_used_; }
    Nanos longest_idle() const { return longest_idle_; }
    Nanos longest_below_floor(std::size_t queue) const {
        return queues_[queue].longest_below_floor;
    }

private:
    struct Poll {
        PermitId permit;
        Time since;
    };
    struct Queue {
        std::size_t backlog = 0;
        std::deque<Poll> polls;
        std::optional<Time> below_floor_since;
        Nanos longest_below_floor{0};
    };

    static std::vector<double> weights_of(const std::vector<Load>& loads) {
        std::vector<double> weights;
        for (const Load& load : loads) {
            weights.push_back(load.weight);
        }
        return weights;
    }

    bool has_task(std::size_t queue) const {
        return loads_[queue].is_endless || queues_[queue].backlog > 0;
    }

    void settle() {
        for (const auto& [queue, permit] : shares_.grant(now_)) {
            queues_[queue].polls.push_back({permit, now_});
            deliver(queue);
            if (!queues_[queue].polls.empty()) {
                at(now_ + kLongPoll, [this, queue, permit] { end_empty_poll(queue, permit); });
            }
        }
    }

    /// The server gives a waiting poll its task, which takes its way to the worker.
    void deliver(std::size_t queue) {
        Queue& served = queues_[queue];
        while (!served.polls.empty() && has_task(queue)) {
            served.backlog -= loads_[queue].is_endless ? 0 : 1;
            const PermitId permit = served.polls.front().permit;
            served.polls.pop_front();
            at(now_ + round_trip_, [this, queue, permit] { begin(queue, permit); });
        }
    }

    void begin(std::size_t queue, PermitId permit) {
        shares_.begin(permit, now_);
        shares_.ask(queue);
        const Nanos length = random_.between(loads_[queue].shortest, loads_[queue].longest);
        at(now_ + length, [this, permit] { shares_.end(permit, now_); });
    }

    void end_empty_poll(std::size_t queue, PermitId permit) {
        if (std::erase_if(queues_[queue].polls, [&](const Poll& it) {
                return it.permit == permit;
            }) > 0) {
            shares_.end(permit, now_);
            shares_.ask(queue);
        }
    }

    void check() {
        const auto uses = shares_.use(now_);
        std::size_t used = 0;
        bool someone_waits = false;
        for (std::size_t i = 0; i < uses.size(); ++i) {
            used += uses[i].used;
            someone_waits = someone_waits || has_task(i);
            note_below_floor(queues_[i], has_task(i) && uses[i].used < uses[i].floor);
        }
        most_used_ = std::max(most_used_, used);
        if (!someone_waits || used >= shares_.slots()) {
            idle_since_.reset();
        } else if (!idle_since_) {
            idle_since_ = now_;
        } else {
            longest_idle_ = std::max<Nanos>(longest_idle_, now_ - *idle_since_);
        }
    }

    void note_below_floor(Queue& queue, bool is_below) {
        if (!is_below) {
            queue.below_floor_since.reset();
        } else if (!queue.below_floor_since) {
            queue.below_floor_since = now_;
        } else {
            queue.longest_below_floor =
                std::max<Nanos>(queue.longest_below_floor, now_ - *queue.below_floor_since);
        }
    }

    Random random_;
    std::vector<Load> loads_;
    Nanos round_trip_;
    std::vector<Queue> queues_;
    SlotShares shares_;
    std::multimap<Time, std::function<void()>> events_;
    Time now_{};
    bool watched_ = false;
    std::size_t most_used_ = 0;
    std::optional<Time> idle_since_;
    Nanos longest_idle_{0};
};

std::vector<Load> random_loads(Random& random, bool endless) {
    std::vector<Load> loads(random.pick(2, 5));
    for (Load& load : loads) {
        load.weight = random.between(20, 100);
        load.shortest = random.between(10ms, 200ms);
        load.longest = load.shortest * static_cast<int>(random.pick(1, 10));
        load.is_endless = endless;
    }
    return loads;
}

/// Of which each queue's share is at least one whole slot.
std::size_t enough_slots(Random& random, const std::vector<Load>& loads) {
    double sum = 0;
    double least = loads[0].weight;
    for (const Load& load : loads) {
        sum += load.weight;
        least = std::min(least, load.weight);
    }
    return static_cast<std::size_t>(std::ceil(sum / least)) + random.pick(0, 10);
}

/// Short enough that one poll at a time can fill the slots.
Nanos round_trip(Random& random, const std::vector<Load>& loads, std::size_t slots) {
    const Nanos shortest = std::ranges::min(loads, {}, &Load::shortest).shortest;
    return random.between(0ms, shortest / static_cast<int>(2 * slots));
}

Nanos longest_of(const std::vector<Load>& loads) {
    return std::ranges::max(loads, {}, &Load::longest).longest;
}

TEST(SlotSharesSimulation, SaturatedQueuesGetTheirSharesOfSlotTimeWithinAPoint) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Random random(seed);
        const auto loads = random_loads(random, true);
        const std::size_t slots = enough_slots(random, loads);
        Simulation simulation(seed, loads, slots, round_trip(random, loads, slots));

        simulation.run_until(Time{} + 100 * longest_of(loads));

        const auto uses = simulation.shares().use(simulation.now());
        const auto sum =
            std::accumulate(uses.begin(), uses.end(), 0.0, [](double sum, const auto& it) {
                return sum + it.slot_time.count();
            });
        for (std::size_t i = 0; i < uses.size(); ++i) {
            ASSERT_NEAR(uses[i].slot_time.count() / sum, uses[i].share, 0.01) << "queue " << i;
        }
    }
}

TEST(SlotSharesSimulation, NoSlotIsFreeForLongWhileAQueueHasWork) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Random random(seed);
        const auto loads = random_loads(random, false);
        const Nanos round_trip = random.between(0ms, 5ms);
        const std::size_t slots = random.pick(1, 40);
        Simulation simulation(seed, loads, slots, round_trip);
        simulation.watch();
        for (int i = 0; i < 50; ++i) {
            const std::size_t queue = random.pick(0, loads.size() - 1);
            const std::size_t count = random.pick(1, 60);
            simulation.at(Time{} + random.between(0s, 60s), [&simulation, queue, count] {
                simulation.add_tasks(queue, count);
            });
        }

        simulation.run_until(Time{} + 120s);

        // A poll for each slot, and one of each queue that finds it empty.
        const Nanos polls = static_cast<int>(slots) * round_trip;
        const Nanos empty_polls = static_cast<int>(loads.size()) * SlotShares::kFirstPollTime;
        ASSERT_LE(simulation.longest_idle(), polls + empty_polls);
        ASSERT_LE(simulation.most_used(), simulation.shares().slots() + loads.size());
    }
}

TEST(SlotSharesSimulation, AFloorIsBackWithinATasksLength) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Random random(seed);
        auto loads = random_loads(random, true);
        loads[0].is_endless = false;
        const std::size_t slots = enough_slots(random, loads);
        const Nanos poll = round_trip(random, loads, slots);
        Simulation simulation(seed, loads, slots, poll);
        simulation.run_until(Time{} + 20s + random.between(0s, 2s));
        simulation.watch();
        simulation.add_tasks(0, 10'000);

        simulation.run_until(simulation.now() + 5s);

        const std::size_t floor = simulation.shares().use(simulation.now())[0].floor;
        const Nanos polls = static_cast<int>(floor) * 2 * poll;
        ASSERT_LE(simulation.longest_below_floor(0), longest_of(loads) + polls);
    }
}

}  // namespace
}  // namespace inference
