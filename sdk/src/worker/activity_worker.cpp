#include "worker/activity_worker.hpp"

#include "activity/outcome.hpp"
#include "activity/running_activity.hpp"
#include "worker/heartbeat_timer.hpp"
#include "worker/thread_pool.hpp"

#include <atomic>
#include <mutex>
#include <stop_token>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace temporal::worker {
namespace {

// Starting and cancelling are short; more threads than this only help functions that block where
// they should not.
constexpr std::size_t kShortJobThreads = 4;

}  // namespace

class ActivityWorker::Host final : public activity::ActivityHost {
public:
    using Attempt = std::shared_ptr<activity::RunningActivity>;

    Host(
        ActivityWorkerOptions options,
        activity::Registry registry,
        std::shared_ptr<activity::ActivityReporter> reporter
    )
        : options_(std::move(options)),
          registry_(std::move(registry)),
          reporter_(std::move(reporter)),
          blocking_(options_.max_concurrent_activities),
          starting_(kShortJobThreads),
          cancelling_(kShortJobThreads) {}

    void report(const activity::RunningActivity& activity, activity::ActivityResult result)
        override {
        {
            const std::lock_guard lock(mutex_);
            running_.erase(activity.task_token());
        }
        if (const auto reporter = this->reporter()) {
            reporter->complete(activity.task_token(), std::move(result));
        }
    }

    void heartbeat(const activity::RunningActivity& activity, const Payloads& details) override {
        if (const auto reporter = this->reporter()) {
            reporter->heartbeat(activity.task_token(), details);
        }
    }

    void repeat_heartbeats(const Attempt& activity, Duration interval) override {
        timer_.repeat(activity, interval);
    }

    [[nodiscard]] std::stop_token shutting_down() const override {
        return shutting_down_.get_token();
    }

    void start(const Attempt& attempt, Payloads input) {
        const detail::ActivityType* type = registry_.find(attempt->info().activity_type);
        if (type == nullptr) {
            const auto failure = activity::unknown_activity(
                attempt->info().activity_type, options_.task_queue, registry_.names()
            );
            attempt->fail(detail::as_exception(*failure));
            return;
        }
        // The registry outlives the job: a job that runs keeps the attempt alive, and an attempt
        // this host.
        ThreadPool& pool = type->asynchronous ? starting_ : blocking_;
        pool.post([attempt, type, input = std::move(input)] { attempt->run(*type, input); });
    }

    void cancel(const std::string& task_token, activity::CancelReason reason) {
        const Attempt attempt = find(task_token);
        // Core may cancel what has just ended.
        if (attempt == nullptr) {
            return;
        }
        // Stop callbacks are user code, which has no place on core's thread.
        cancelling_.post([attempt, reason] { attempt->request_cancel(reason); });
    }

    void add(const Attempt& attempt) {
        const std::lock_guard lock(mutex_);
        running_.emplace(attempt->task_token(), attempt);
    }

    void begin_shutdown() {
        cancelling_.post([self = shutting_down_]() mutable { self.request_stop(); });
    }

    std::vector<std::string> abandon() {
        abandoning_ = true;
        std::vector<std::string> abandoned;
        for (const Attempt& attempt : all()) {
            if (attempt->abandon()) {
                abandoned.push_back(attempt->info().activity_type);
            }
        }
        return abandoned;
    }

    std::size_t close(std::chrono::steady_clock::time_point deadline) {
        timer_.stop();
        const std::size_t busy =
            blocking_.close(deadline) + starting_.close(deadline) + cancelling_.close(deadline);
        // Attempts own this host: what it still knows of them would keep all of it alive.
        std::unordered_map<std::string, Attempt> left;
        const std::lock_guard lock(mutex_);
        left.swap(running_);
        reporter_ = nullptr;
        return busy;
    }

    [[nodiscard]] std::size_t running() const {
        const std::lock_guard lock(mutex_);
        return running_.size();
    }

    [[nodiscard]] bool abandoning() const noexcept { return abandoning_; }
    [[nodiscard]] const std::string& task_queue() const noexcept { return options_.task_queue; }

private:
    std::shared_ptr<activity::ActivityReporter> reporter() const {
        const std::lock_guard lock(mutex_);
        return reporter_;
    }

    Attempt find(const std::string& task_token) const {
        const std::lock_guard lock(mutex_);
        const auto found = running_.find(task_token);
        return found == running_.end() ? nullptr : found->second;
    }

    std::vector<Attempt> all() const {
        const std::lock_guard lock(mutex_);
        std::vector<Attempt> attempts;
        attempts.reserve(running_.size());
        for (const auto& [token, attempt] : running_) {
            attempts.push_back(attempt);
        }
        return attempts;
    }

    const ActivityWorkerOptions options_;
    const activity::Registry registry_;
    std::stop_source shutting_down_;
    std::atomic<bool> abandoning_ = false;

    mutable std::mutex mutex_;
    std::shared_ptr<activity::ActivityReporter> reporter_;
    std::unordered_map<std::string, Attempt> running_;

    ThreadPool blocking_;
    ThreadPool starting_;
    ThreadPool cancelling_;
    HeartbeatTimer timer_;
};

ActivityWorker::ActivityWorker(
    ActivityWorkerOptions options,
    activity::Registry registry,
    std::shared_ptr<activity::ActivityReporter> reporter
)
    : host_(std::make_shared<Host>(std::move(options), std::move(registry), std::move(reporter))) {}

ActivityWorker::~ActivityWorker() {
    host_->close(std::chrono::steady_clock::now());
}

void ActivityWorker::on_task(activity::ActivityTask task) noexcept {
    if (auto* start_task = std::get_if<activity::StartActivity>(&task.variant)) {
        start(std::move(task.task_token), std::move(*start_task));
    } else {
        host_->cancel(task.task_token, std::get<activity::CancelActivity>(task.variant).reason);
    }
}

void ActivityWorker::start(std::string task_token, activity::StartActivity task) noexcept {
    const auto attempt = std::make_shared<activity::RunningActivity>(
        std::move(task_token),
        to_activity_info(task, host_->task_queue()),
        std::move(task.heartbeat_details),
        host_
    );
    host_->add(attempt);
    if (host_->abandoning()) {
        attempt->abandon();
        return;
    }
    try {
        host_->start(attempt, std::move(task.input));
    } catch (...) {
        attempt->fail(std::current_exception());
    }
}

void ActivityWorker::begin_shutdown() {
    host_->begin_shutdown();
}

std::vector<std::string> ActivityWorker::abandon() {
    return host_->abandon();
}

std::size_t ActivityWorker::close(std::chrono::steady_clock::time_point deadline) {
    return host_->close(deadline);
}

std::size_t ActivityWorker::running() const {
    return host_->running();
}

}  // namespace temporal::worker
