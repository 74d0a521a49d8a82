/// @file resilience/batch_lane.hpp
/// @brief Which items of the batches go to a model next, and what their failures mean for the others: a pure state machine.
#pragma once

#include "contracts/error.hpp"
#include "resilience/lane_depth.hpp"
#include "resilience/retry_numbers.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace inference {

struct LaneOptions {
    DepthOptions depth = {};  ///< The most calls at once.
    std::int64_t group = 1;  ///< The most items of one call.
    std::chrono::milliseconds ready_timeout{600'000};
    RetryNumbers numbers = {};
};

/// An item of a chunk that is being worked on.
struct LaneItem {
    std::uint32_t chunk = 0;
    std::uint32_t item = 0;

    auto operator<=>(const LaneItem&) const = default;
};

/// To be sent now.
struct LaneCall {
    std::uint64_t number = 0;
    std::uint32_t chunk = 0;
    std::vector<std::uint32_t> items;
};

/// An item that is not tried again.
struct LaneLoss {
    LaneItem item;
    Error error;
};

/// All items of one model that a worker has in its chunks, in one line: the call that ends makes room for the next item of
/// whatever chunk, so that the engine is as busy at a chunk's end as within it.
///
/// | failure | then |
/// |---|---|
/// | nothing sent, 429, anything with a Retry-After | all wait, uncounted; after `ready_timeout` without an answer the lane is lost |
/// | the engine died, or the connection broke | its items are suspects: tried one by one, and nothing beside them; at the second death, alone: Fatal POISON |
/// | OOM of several items | half as many in one call from now on, or as many as the engine says it takes |
/// | OOM of one item among other calls | half as many calls from now on, more again as they are answered |
/// | OOM of one item alone | again after a wait; final at the second |
/// | Timeout | again after a wait; final at the second; uncounted of a call that was sent when more were under way than may be now |
/// | other Transient | again after a wait; final at the third; of several items then each alone |
/// | Fatal | final; of several items each half alone, so that it is final for whom it is meant |
///
/// Time and randomness are arguments.
class BatchLane {
public:
    using Time = std::chrono::steady_clock::time_point;

    explicit BatchLane(LaneOptions options);

    /// One more item waits, behind the others. Items of one `kind` may share a call; those of kind 0 never do.
    void add(LaneItem item, std::uint64_t kind = 0);
    /// Nobody wants these items any more; calls that have them end as they end.
    void remove(std::uint32_t chunk);

    /// What is to be sent now.
    [[nodiscard]] std::vector<LaneCall> take(Time now);
    /// The call was answered, and its answer is written down: so its place may be taken.
    void answered(std::uint64_t call, Time now);
    /// The call was cancelled.
    void dropped(std::uint64_t call);
    /// The call failed; gives those of its items that are not tried again.
    [[nodiscard]] std::vector<LaneLoss> failed(
        std::uint64_t call, const Error& error, Time now, double uniform
    );

    /// When take() may have more without anything having happened; nullopt: never.
    [[nodiscard]] std::optional<Time> next_look(Time now) const;
    /// Why nothing could be sent for too long. Then the chunks give up; the lane is good again once they are gone.
    [[nodiscard]] const std::optional<Error>& lost() const noexcept { return lost_; }
    /// Nothing is sent before this time.
    [[nodiscard]] Time held_until() const noexcept { return held_until_; }
    [[nodiscard]] std::int64_t depth() const noexcept { return depth_.depth(); }

private:
    struct Waiting {
        LaneItem item;
        std::uint64_t kind = 0;
    };
    /// Of an item that failed before.
    struct Record {
        int transient = 0;
        int timeouts = 0;
        int oom_alone = 0;
        int deaths = 0;
        std::int64_t group = 0;  ///< The most items of a call that has it; 0: as all.
    };
    struct InFlight {
        std::vector<Waiting> items;
        bool alone = true;  ///< No other call was under way at any time.
        std::int64_t depth = 0;  ///< When it was sent.
        Time sent;
    };

    LaneCall send(std::vector<Waiting> items, Time now);
    std::vector<Waiting> next_group(Time now);
    [[nodiscard]] std::int64_t group_of(const LaneItem& item) const;
    std::optional<Waiting> peek(Time now) const;
    void pop(Time now);
    void put_back(const std::vector<Waiting>& items);
    void put_back_after(
        const std::vector<Waiting>& items,
        const Error& error,
        int failures,
        Time now,
        double uniform
    );

    void hold(const InFlight& call, const Error& error, Time now, double uniform);
    std::vector<LaneLoss> engine_died(const InFlight& call, const Error& error);
    std::vector<LaneLoss> out_of_memory(
        const InFlight& call, const Error& error, Time now, double uniform
    );
    std::vector<LaneLoss> counted(
        const InFlight& call,
        const Error& error,
        int Record::* count,
        int tries,
        Time now,
        double uniform
    );
    std::vector<LaneLoss> fatal_error(const InFlight& call, const Error& error);
    LaneLoss lose(const Waiting& item, Error error);

    LaneOptions options_;
    LaneDepth depth_;
    std::int64_t group_;
    std::uint64_t calls_ = 0;
    std::deque<Waiting> fresh_;
    std::multimap<Time, Waiting> again_;
    std::deque<Waiting> suspects_;
    std::map<LaneItem, Record> records_;
    std::map<std::uint64_t, InFlight> in_flight_;
    Time held_until_ = Time::min();
    std::optional<Time> not_ready_since_;
    int not_ready_looks_ = 0;
    std::optional<Error> lost_;
};

}  // namespace inference
