#include "worker/workflow_worker.hpp"

#include "bridge/activation_codec.hpp"
#include "bridge/peek_run_id.hpp"
#include "converter/exception_to_failure.hpp"

#include <algorithm>
#include <exception>
#include <functional>
#include <optional>
#include <utility>
#include <variant>

namespace temporal::worker {
namespace {

using workflows::Activation;
using workflows::ActivationFailed;
using workflows::ActivationSucceeded;
using workflows::Completion;
using workflows::InitializeWorkflow;
using workflows::Instance;
using workflows::RemoveFromCache;

template <class Wanted>
const Wanted* first_job(const Activation& activation) {
    for (const workflows::Job& job : activation.jobs) {
        if (const auto* found = std::get_if<Wanted>(&job)) {
            return found;
        }
    }
    return nullptr;
}

Completion failed(std::string run_id, std::string message) {
    return {
        std::move(run_id),
        ActivationFailed{.failure = std::make_shared<const ApplicationFailure>(std::move(message))}
    };
}

}  // namespace

WorkflowWorker::WorkflowWorker(
    WorkflowWorkerOptions options,
    const std::vector<detail::WorkflowType>& types,
    std::shared_ptr<bridge::CoreWorker> core
)
    : options_(std::move(options)), core_(std::move(core)) {
    for (const detail::WorkflowType& type : types) {
        types_.emplace(type.name, type);
    }
    for (std::size_t i = 0; i < std::max<std::size_t>(options_.threads, 1); ++i) {
        shards_.push_back(std::make_unique<Shard>());
    }
}

WorkflowWorker::~WorkflowWorker() {
    for (const auto& shard : shards_) {
        shard->executor.post([&runs = shard->runs] { runs.clear(); });
    }
}

WorkflowWorker::Shard& WorkflowWorker::shard_of(std::string_view run_id) {
    return *shards_[std::hash<std::string_view>{}(run_id) % shards_.size()];
}

void WorkflowWorker::on_activation(bridge::Buffer activation) {
    Shard& shard = shard_of(bridge::peek_run_id(activation.view()));
    shard.executor.post(
        [this, &shard, shared = std::make_shared<bridge::Buffer>(std::move(activation))] {
            handle(shard, shared->view());
        }
    );
}

void WorkflowWorker::handle(Shard& shard, std::string_view activation_bytes) {
    Activation activation =
        bridge::decode_activation(activation_bytes, options_.namespace_name, options_.task_queue);
    const auto* eviction = first_job<RemoveFromCache>(activation);
    const Completion completion = eviction != nullptr ? evict(shard, activation, *eviction)
                                                      : activate(shard, std::move(activation));
    warn_if_failed(completion);
    complete(completion);
}

Completion WorkflowWorker::evict(
    Shard& shard, const Activation& activation, const RemoveFromCache& job
) {
    // Before core is answered, for it may send the run again at once.
    if (const auto run = shard.runs.find(activation.run_id); run != shard.runs.end()) {
        shard.runs.erase(run);
    }
    options_.on_evicted(activation.run_id, job.reason, job.message);
    return {activation.run_id, ActivationSucceeded{}};
}

Completion WorkflowWorker::activate(Shard& shard, Activation activation) {
    std::string problem;
    Instance* instance = find_or_make(shard, activation, problem);
    if (instance == nullptr) {
        return failed(std::move(activation.run_id), std::move(problem));
    }
    Completion completion = instance->activate(std::move(activation));
    warn_if_unfinished(*instance, completion);
    tell_observers(*instance, completion);
    return completion;
}

Instance* WorkflowWorker::find_or_make(
    Shard& shard, const Activation& activation, std::string& problem
) {
    if (const auto run = shard.runs.find(activation.run_id); run != shard.runs.end()) {
        return run->second.get();
    }

    const auto* first = first_job<InitializeWorkflow>(activation);
    if (first == nullptr) {
        problem = "run " + activation.run_id +
                  " is not in the cache; the server will send it from the start";
        return nullptr;
    }
    const auto type = types_.find(first->info.workflow_type);
    if (type == types_.end()) {
        problem = "workflow type '" + first->info.workflow_type +
                  "' is not registered on the worker of queue '" + options_.task_queue +
                  "'; it serves:";
        for (const auto& [name, known] : types_) {
            problem += " " + name;
        }
        return nullptr;
    }
    auto instance = std::make_unique<Instance>(type->second, exception_to_failure);
    return shard.runs.emplace(activation.run_id, std::move(instance)).first->second.get();
}

void WorkflowWorker::warn_if_failed(const Completion& completion) {
    if (const auto* failure = std::get_if<ActivationFailed>(&completion.status)) {
        options_.on_warning(
            "workflow task of run " + completion.run_id +
            " failed and will be tried again: " + failure->failure->message()
        );
    }
}

void WorkflowWorker::warn_if_unfinished(const Instance& instance, const Completion& completion) {
    const std::string handlers = instance.unfinished_handlers(completion);
    if (!handlers.empty()) {
        options_.on_warning(
            "run " + completion.run_id +
            " ended while handlers were under way, and nobody gets their "
            "answers: " +
            handlers + "; wait for ctx.all_handlers_finished() before the end"
        );
    }
}

void WorkflowWorker::tell_observers(const Instance& instance, const Completion& completion) {
    try {
        instance.tell_observers(completion);
    } catch (const std::exception& error) {
        options_.on_warning("what observes run " + completion.run_id + " threw: " + error.what());
    }
}

void WorkflowWorker::complete(const Completion& completion) {
    core_->complete_activation(
        bridge::encode_completion(completion),
        [warn = options_.on_warning,
         run_id = completion.run_id](const std::optional<std::string>& error) {
            if (error) {
                warn("core refused the completion of run " + run_id + ": " + *error);
            }
        }
    );
}

}  // namespace temporal::worker
