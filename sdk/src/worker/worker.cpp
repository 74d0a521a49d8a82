#include "temporal/worker.hpp"

#include "activity/registry.hpp"
#include "bridge/connection.hpp"
#include "bridge/core_worker.hpp"
#include "temporal/client.hpp"
#include "worker/signal_stop.hpp"
#include "worker/worker_session.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

namespace temporal {
namespace {

std::chrono::milliseconds to_milliseconds(Duration duration) {
    return std::chrono::ceil<std::chrono::milliseconds>(duration);
}

std::size_t default_workflow_threads() {
    return std::max<std::size_t>(2, std::thread::hardware_concurrency());
}

bridge::CoreWorkerOptions core_options(const Client& client, const WorkerOptions& options) {
    return {
        .namespace_name = client.namespace_name(),
        .task_queue = options.task_queue,
        .identity = options.identity.empty() ? client.identity() : options.identity,
        .build_id = options.build_id,
        .max_cached_workflows = options.max_cached_workflows,
        .max_outstanding_workflow_tasks = options.max_concurrent_workflow_tasks,
        .max_outstanding_activities = options.max_concurrent_activities,
        .activity_slots = options.activity_slots,
        .workflow_pollers = options.workflow_pollers,
        .activity_pollers = options.activity_pollers,
        .sticky_timeout = to_milliseconds(options.sticky_timeout),
        .max_heartbeat_throttle = to_milliseconds(options.max_heartbeat_throttle),
        .default_heartbeat_throttle = to_milliseconds(options.default_heartbeat_throttle),
        .graceful_shutdown = to_milliseconds(options.drain_grace),
        .max_eager_activities_per_task = options.max_eager_activities_per_task
    };
}

worker::WorkerSessionOptions session_options(const Client& client, const WorkerOptions& options) {
    worker::WorkerSessionOptions session{
        .address = client.address(),
        .namespace_name = client.namespace_name(),
        .task_queue = options.task_queue,
        .max_concurrent_activities = options.max_concurrent_activities,
        .workflow_threads =
            options.workflow_threads > 0 ? options.workflow_threads : default_workflow_threads(),
        .drain_grace = options.drain_grace
    };
    if (options.on_warning) {
        session.on_warning = options.on_warning;
    }
    return session;
}

}  // namespace

class Worker::Impl {
public:
    Impl(const Client& client, WorkerOptions options)
        : client_(client), options_(std::move(options)) {}

    void add_activity(detail::ActivityType type) { activities_.add(std::move(type)); }

    void add_workflow(detail::WorkflowType type) {
        for (const detail::WorkflowType& known : workflows_) {
            if (known.name == type.name) {
                throw std::invalid_argument("workflow '" + type.name + "' is registered twice");
            }
        }
        workflows_.push_back(std::move(type));
    }

    void run(const std::stop_token& stop) { make_session()->run(stop); }

    [[nodiscard]] std::shared_ptr<worker::WorkerSession> session() const {
        const std::lock_guard lock(mutex_);
        return session_;
    }

    [[nodiscard]] const WorkerOptions& options() const noexcept { return options_; }

private:
    std::shared_ptr<worker::WorkerSession> make_session() {
        if (activities_.empty() && workflows_.empty()) {
            throw std::logic_error(
                "the worker of queue '" + options_.task_queue +
                "' has nothing to serve: add a workflow or an activity"
            );
        }
        bridge::CoreWorkerOptions core = core_options(client_, options_);
        core.enable_activities = !activities_.empty();
        core.enable_workflows = !workflows_.empty();
        const auto& connection = client_.connection();
        auto session = std::make_shared<worker::WorkerSession>(
            session_options(client_, options_),
            activities_,
            workflows_,
            bridge::CoreWorker::make(connection->runtime(), connection, core)
        );
        const std::lock_guard lock(mutex_);
        return session_ = std::move(session);
    }

    const Client client_;
    const WorkerOptions options_;
    activity::Registry activities_;
    std::vector<detail::WorkflowType> workflows_;

    mutable std::mutex mutex_;
    std::shared_ptr<worker::WorkerSession> session_;
};

Worker::Worker(const Client& client, WorkerOptions options)
    : impl_(std::make_unique<Impl>(client, std::move(options))) {}

Worker::Worker(Worker&&) noexcept = default;
Worker& Worker::operator=(Worker&&) noexcept = default;
Worker::~Worker() = default;

Worker& Worker::add_activity(detail::ActivityType type) {
    impl_->add_activity(std::move(type));
    return *this;
}

Worker& Worker::add_workflow(detail::WorkflowType type) {
    impl_->add_workflow(std::move(type));
    return *this;
}

void Worker::run(std::stop_token stop) {
    impl_->run(stop);
}

int Worker::run_until_signal() {
    return temporal::run_until_signal({this, 1});
}

bool Worker::polling() const noexcept {
    const auto session = impl_->session();
    return session != nullptr && session->polling();
}

std::size_t Worker::running_activities() const noexcept {
    const auto session = impl_->session();
    return session == nullptr ? 0 : session->running_activities();
}

const WorkerOptions& Worker::options() const noexcept {
    return impl_->options();
}

void run(std::span<Worker> workers, std::stop_token stop) {
    std::stop_source stop_all;
    const std::stop_callback forward(stop, [&stop_all] { stop_all.request_stop(); });
    std::mutex mutex;
    std::exception_ptr first_error;
    std::vector<std::jthread> threads;
    threads.reserve(workers.size());
    for (Worker& worker : workers) {
        threads.emplace_back([&] {
            try {
                worker.run(stop_all.get_token());
            } catch (...) {
                const std::lock_guard lock(mutex);
                if (!first_error) {
                    first_error = std::current_exception();
                }
                stop_all.request_stop();
            }
        });
    }
    threads.clear();
    if (first_error) {
        std::rethrow_exception(first_error);
    }
}

int run_until_signal(std::span<Worker> workers) {
    const worker::SignalStop signals;
    run(workers, signals.token());
    return 0;
}

}  // namespace temporal
