#include "cli/queue_backlogs.hpp"

#include "temporal/error.hpp"

#include <condition_variable>
#include <utility>

namespace inference::cli {

QueueBacklogs::QueueBacklogs(
    temporal::Client client, std::function<std::vector<Priority>()> queues, const Log& log
)
    : client_(std::move(client)),
      queues_(std::move(queues)),
      log_(log),
      thread_([this](const std::stop_token& stop) { watch(stop); }) {}

std::map<std::string, std::int64_t> QueueBacklogs::now() const {
    const std::lock_guard lock(mutex_);
    return backlogs_;
}

void QueueBacklogs::watch(const std::stop_token& stop) {
    std::condition_variable_any never;
    std::mutex mutex;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
        ask(stop);
        never.wait_for(lock, stop, kInterval, [] { return false; });
    }
}

void QueueBacklogs::ask(const std::stop_token& stop) {
    using temporal::TaskQueueKind;
    std::map<std::string, std::int64_t> heard;
    const temporal::CallOptions call{.timeout = kInterval, .stop = stop};
    try {
        for (const Priority priority : queues_()) {
            const std::string queue(queue_of(priority));
            heard[queue] =
                client_.describe_task_queue(queue, TaskQueueKind::kActivity, call).backlog +
                client_.describe_task_queue(queue, TaskQueueKind::kWorkflow, call).backlog;
        }
        has_failed_ = false;
    } catch (const temporal::Error& error) {
        heard.clear();
        if (!std::exchange(has_failed_, true) && !stop.stop_requested()) {
            log_.warn(std::string("the metric queue_depth is missing: ") + error.what());
        }
    }
    const std::lock_guard lock(mutex_);
    backlogs_ = std::move(heard);
}

}  // namespace inference::cli
