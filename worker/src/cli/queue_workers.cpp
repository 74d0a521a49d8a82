#include "cli/queue_workers.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace inference::cli {

QueueWorkers::QueueWorkers(Make make) : make_(std::move(make)) {
    for (const Priority priority : kPriorities) {
        queues_[priority];
    }
}

void QueueWorkers::serve(const std::vector<Priority>& queues) {
    change([&](Priority priority, Queue& queue) {
        queue.is_wanted = std::ranges::find(queues, priority) != queues.end();
        return !queue.is_wanted;
    });
}

void QueueWorkers::renew() {
    change([](Priority, Queue&) { return true; });
}

void QueueWorkers::run(const std::stop_token& stop) {
    const std::stop_callback stopping(stop, [this] { end(nullptr); });
    {
        std::vector<std::jthread> threads;
        for (const Priority priority : kPriorities) {
            threads.emplace_back([this, priority] { serve_queue(priority); });
        }
    }
    if (error_) {
        std::rethrow_exception(error_);
    }
}

bool QueueWorkers::polling() const {
    const std::lock_guard lock(mutex_);
    return std::ranges::all_of(queues_, [](const auto& entry) {
        const Queue& queue = entry.second;
        return !queue.is_wanted || (queue.worker != nullptr && queue.worker->polling());
    });
}

void QueueWorkers::serve_queue(Priority priority) {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [&] { return is_ending_ || queues_[priority].is_wanted; });
        if (is_ending_) {
            return;
        }
        run_one(priority, lock);
    }
}

void QueueWorkers::run_one(Priority priority, std::unique_lock<std::mutex>& lock) {
    Queue& queue = queues_[priority];
    queue.stop = std::stop_source();
    const std::stop_token stop = queue.stop.get_token();
    lock.unlock();
    std::exception_ptr error;
    try {
        temporal::Worker worker = make_(priority);
        lock.lock();
        queue.worker = &worker;
        lock.unlock();
        try {
            worker.run(stop);
        } catch (...) {
            error = std::current_exception();
        }
        lock.lock();
        queue.worker = nullptr;
        lock.unlock();
    } catch (...) {
        error = std::current_exception();
    }
    if (error) {
        end(std::move(error));
    }
    lock.lock();
}

void QueueWorkers::end(std::exception_ptr error) {
    {
        const std::lock_guard lock(mutex_);
        is_ending_ = true;
        error_ = error_ ? error_ : std::move(error);
    }
    renew();
}

/// `change` says which workers are to drain.
template <class Change>
void QueueWorkers::change(Change change) {
    std::vector<std::stop_source> draining;
    {
        const std::lock_guard lock(mutex_);
        for (auto& [priority, queue] : queues_) {
            if (change(priority, queue)) {
                draining.push_back(queue.stop);
            }
        }
    }
    changed_.notify_all();
    // Without the lock, for it runs what waits for the stop.
    for (std::stop_source& stop : draining) {
        stop.request_stop();
    }
}

}  // namespace inference::cli
