#include "events/queued_event_sink.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace inference {
namespace {

constexpr std::chrono::minutes kBetweenTidying{1};

/// Whatever goes wrong is no reason for the worker to end.
tl::expected<void, std::string> try_to_write(
    EventChannel& channel, const std::vector<Event>& events
) {
    try {
        return channel.write(events);
    } catch (const std::exception& error) {
        return tl::unexpected<std::string>(error.what());
    }
}

void try_to_tidy(EventChannel& channel) {
    try {
        channel.tidy();
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the next time.
    }
}

}  // namespace

QueuedEventSink::QueuedEventSink(
    std::unique_ptr<EventChannel> channel, OnChange on_change, EventQueue::Limits limits
)
    : channel_(std::move(channel)),
      on_change_(std::move(on_change)),
      queue_(limits),
      thread_([this] { run(); }) {}

QueuedEventSink::~QueuedEventSink() {
    {
        const std::lock_guard lock(mutex_);
        stops_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void QueuedEventSink::publish(Event event) noexcept {
    try {
        const std::lock_guard lock(mutex_);
        queue_.push(std::move(event), Clock::now());
        wake_if_due();
    } catch (...) {  // NOLINT(bugprone-empty-catch): without memory there is nothing to be told.
    }
}

void QueuedEventSink::close(const std::string& job_id, std::int64_t epoch) noexcept {
    try {
        const std::lock_guard lock(mutex_);
        queue_.close(job_id, epoch);
        wake_if_due();
    } catch (...) {  // NOLINT(bugprone-empty-catch): as above.
    }
}

EventCounts QueuedEventSink::counts() const {
    const std::lock_guard lock(mutex_);
    return queue_.counts();
}

void QueuedEventSink::wake_if_due() {
    const auto due = queue_.next_due();
    if (due && sleeps_until_ && *due < *sleeps_until_) {
        sleeps_until_.reset();  // Once is enough.
        changed_.notify_one();
    }
}

void QueuedEventSink::run() {
    std::unique_lock lock(mutex_);
    Clock::time_point tidied_at{};
    while (!stops_) {
        if (Clock::now() - tidied_at >= kBetweenTidying) {
            lock.unlock();
            try_to_tidy(*channel_);
            tidied_at = Clock::now();
            lock.lock();
        }
        write(queue_.take(Clock::now()), lock);
        const auto until = std::min(
            tidied_at + kBetweenTidying, queue_.next_due().value_or(Clock::time_point::max())
        );
        sleeps_until_ = until;
        changed_.wait_until(lock, until, [this] { return stops_ || !sleeps_until_; });
        sleeps_until_.reset();
    }
    write(queue_.take_all(), lock);
}

void QueuedEventSink::write(const std::vector<Event>& events, std::unique_lock<std::mutex>& lock) {
    if (events.empty()) {
        return;
    }
    lock.unlock();
    const auto written = try_to_write(*channel_, events);
    told(written);
    lock.lock();
    written ? queue_.wrote(events) : queue_.lost(events);
}

void QueuedEventSink::told(const tl::expected<void, std::string>& written) {
    const bool was_down = std::exchange(is_down_, !written);
    if (was_down != is_down_) {
        on_change_({.is_back = was_down, .why = written ? "" : written.error()});
    }
}

}  // namespace inference
