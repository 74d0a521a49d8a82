/// @file events/queued_event_sink.hpp
/// @brief A sink whose events wait in memory for the one thread that writes them.
#pragma once

#include "events/event_channel.hpp"
#include "events/event_queue.hpp"
#include "events/event_sink.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace inference {

/// Whether the channel takes events; told when that changes, and not for each event.
struct ChannelChange {
    bool is_back = false;
    std::string why;  ///< Where it is not. Names no password.
};

/// Destroy: writes what still waits, if the channel takes it, and drops it else.
class QueuedEventSink final : public EventSink {
public:
    /// Called on the sink's thread; must not throw.
    using OnChange = std::function<void(const ChannelChange&)>;

    QueuedEventSink(
        std::unique_ptr<EventChannel> channel, OnChange on_change, EventQueue::Limits limits = {}
    );
    ~QueuedEventSink() override;

    void publish(Event event) noexcept override;
    void close(const std::string& job_id, std::int64_t epoch) noexcept override;
    [[nodiscard]] EventCounts counts() const override;

private:
    using Clock = std::chrono::steady_clock;

    void run();
    /// Returns with the lock held again.
    void write(const std::vector<Event>& events, std::unique_lock<std::mutex>& lock);
    void told(const tl::expected<void, std::string>& written);
    void wake_if_due();

    const std::unique_ptr<EventChannel> channel_;
    const OnChange on_change_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    EventQueue queue_;
    std::optional<Clock::time_point> sleeps_until_;  // nullopt: it does not sleep
    bool stops_ = false;
    bool is_down_ = false;  // of the thread alone
    std::thread thread_;  // Last, for it uses the others.
};

}  // namespace inference
