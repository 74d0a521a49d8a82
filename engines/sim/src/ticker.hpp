/// @file ticker.hpp
/// @brief One timer for all that send something now and then.
#pragma once

#include "scheduler.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <map>
#include <memory>
#include <optional>

namespace engine_sim {

/// What has something to do at times that it knows one at a time.
class Paced {
public:
    virtual ~Paced() = default;

    /// Does what is due by now, and says when it wants to be asked again; never, if nothing.
    virtual std::optional<TimePoint> advance(TimePoint now) = 0;

private:
    friend class Ticker;

    std::optional<TimePoint> wakes_at_;
};

/// Times are rounded up to whole milliseconds: however many streams there are, the thread wakes a thousand
/// times a second at most, and does all that is due.
///
/// Threads: the I/O thread only.
class Ticker {
public:
    static constexpr Duration kGrain = std::chrono::milliseconds(1);

    explicit Ticker(boost::asio::io_context& io) : timer_(io) {}

    /// `advance` is called at that time, or earlier if it was to be called earlier anyway. Whoever is gone by
    /// then is forgotten.
    void wake(const std::shared_ptr<Paced>& paced, TimePoint at);

private:
    void enqueue(const std::shared_ptr<Paced>& paced, TimePoint at);
    void arm();
    void advance();

    boost::asio::steady_timer timer_;
    std::optional<TimePoint> armed_for_;
    std::multimap<TimePoint, std::weak_ptr<Paced>> waiting_;
};

}  // namespace engine_sim
