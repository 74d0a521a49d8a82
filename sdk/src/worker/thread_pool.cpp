#include "worker/thread_pool.hpp"

#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace temporal::worker {

struct ThreadPool::Shared {
    struct Thread {
        std::thread handle;
        bool exited = false;
    };

    explicit Shared(std::size_t max) : max_threads(max) {}

    const std::size_t max_threads;
    std::mutex mutex;
    std::condition_variable wake;
    std::condition_variable thread_exited;
    std::deque<std::function<void()>> jobs;
    std::list<Thread> threads;
    std::size_t idle = 0;
    std::size_t busy = 0;
    std::size_t live = 0;  // Also counts threads that are on their way in or out.
    bool closed = false;

    void work(Thread& self);
};

void ThreadPool::Shared::work(Thread& self) {
    std::unique_lock lock(mutex);
    for (;;) {
        ++idle;
        wake.wait(lock, [this] { return closed || !jobs.empty(); });
        --idle;
        if (closed) {
            break;
        }
        std::function<void()> job = std::move(jobs.front());
        jobs.pop_front();
        ++busy;
        lock.unlock();
        job();
        job = nullptr;  // What it owns goes outside the lock.
        lock.lock();
        --busy;
    }
    --live;
    self.exited = true;
    thread_exited.notify_all();
}

ThreadPool::ThreadPool(std::size_t max_threads) : shared_(std::make_shared<Shared>(max_threads)) {}

ThreadPool::~ThreadPool() {
    close(std::chrono::steady_clock::now());
}

void ThreadPool::post(std::function<void()> job) {
    Shared& pool = *shared_;
    const std::lock_guard lock(pool.mutex);
    if (pool.closed) {
        return;
    }
    pool.jobs.push_back(std::move(job));
    // An idle thread that was notified still counts as idle until it runs, so idle threads are
    // compared with all jobs.
    if (pool.jobs.size() <= pool.idle || pool.live == pool.max_threads) {
        pool.wake.notify_one();
        return;
    }
    Shared::Thread& thread = pool.threads.emplace_back();
    try {
        thread.handle = std::thread([shared = shared_, &thread] { shared->work(thread); });
        ++pool.live;
    } catch (const std::system_error&) {
        pool.threads.pop_back();
        if (pool.live > 0) {
            return;  // The job waits for a thread that is there.
        }
        pool.jobs.pop_back();
        throw;
    }
}

std::size_t ThreadPool::close(std::chrono::steady_clock::time_point deadline) {
    std::deque<std::function<void()>> dropped;
    std::list<Shared::Thread> exited;
    std::size_t left_behind = 0;
    {
        std::unique_lock lock(shared_->mutex);
        shared_->closed = true;
        dropped.swap(shared_->jobs);
        shared_->wake.notify_all();
        shared_->thread_exited.wait_until(lock, deadline, [this] { return shared_->live == 0; });
        shared_->thread_exited.wait(lock, [this] { return shared_->live == shared_->busy; });
        for (auto thread = shared_->threads.begin(); thread != shared_->threads.end();) {
            const auto current = thread++;
            if (!current->handle.joinable()) {
                continue;  // Left behind by an earlier call.
            }
            if (current->exited) {
                exited.splice(exited.end(), shared_->threads, current);
            } else {
                current->handle.detach();
                ++left_behind;
            }
        }
    }
    for (Shared::Thread& thread : exited) {
        thread.handle.join();
    }
    return left_behind;
}

}  // namespace temporal::worker
