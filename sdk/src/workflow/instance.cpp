#include "workflow/instance.hpp"

#include "converter/merge_payloads.hpp"
#include "converter/workflow_metadata.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <variant>

namespace temporal::workflows {
namespace {

/// The details of the CanceledFailure at the bottom of a chain, for the cancelled workflow to carry.
Payloads cancel_details(const Failure& failure) {
    for (const Failure* link = &failure; link != nullptr; link = link->cause().get()) {
        if (const auto* canceled = dynamic_cast<const CanceledFailure*>(link)) {
            return canceled->details();
        }
    }
    return {};
}

OwnedRetryPolicy own(const RetryPolicy& policy) {
    OwnedRetryPolicy owned{
        .initial_interval = policy.initial_interval,
        .backoff_coefficient = policy.backoff_coefficient,
        .maximum_interval = policy.maximum_interval,
        .maximum_attempts = policy.maximum_attempts,
    };
    for (const std::string_view type : policy.non_retryable_error_types) {
        owned.non_retryable_error_types.emplace_back(type);
    }
    return owned;
}

std::string in_quotes(std::string_view text) {
    return "'" + std::string(text) + "'";
}

/// Empty for a command after which the run goes on.
std::optional<WorkflowStatus> end_by(const Command& command) {
    if (std::holds_alternative<CompleteWorkflowExecution>(command)) {
        return WorkflowStatus::kCompleted;
    }
    if (std::holds_alternative<FailWorkflowExecution>(command)) {
        return WorkflowStatus::kFailed;
    }
    if (std::holds_alternative<CancelWorkflowExecution>(command)) {
        return WorkflowStatus::kCanceled;
    }
    if (std::holds_alternative<ContinueAsNewWorkflowExecution>(command)) {
        return WorkflowStatus::kContinuedAsNew;
    }
    return std::nullopt;
}

}  // namespace

Instance::Instance(detail::WorkflowType type, ExceptionToFailure to_failure)
    : type_(std::move(type)), to_failure_(std::move(to_failure)) {}

Instance::~Instance() {
    // Queues hold handles into the frames, so they go first. Destructors of user code run below; what they ask for is refused.
    closing_ = true;
    scheduler_.clear();
    while (!roots_.empty()) {
        roots_.pop_back();
    }
    object_.reset();
}

Completion Instance::activate(Activation activation) {
    read_header(activation);
    try {
        only_reads_ = std::ranges::all_of(activation.jobs, [](const Job& job) {
            return std::holds_alternative<QueryWorkflow>(job);
        });
        for (Job& job : activation.jobs) {
            std::visit([this](auto& known) { apply(known); }, job);
        }
        if (!only_reads_) {
            ensure_object();
            if (!main_started_) {
                start_main();
            }
            scheduler_.run();
        }
    } catch (...) {
        fail_task(std::current_exception());
    }
    std::erase_if(roots_, [](const RootTask& root) { return root.done(); });
    return finish(std::move(activation.run_id));
}

void Instance::tell_observers(const Completion& completion) const {
    const auto* done = std::get_if<ActivationSucceeded>(&completion.status);
    if (done == nullptr || is_replaying_ || only_reads_ || !first_task_time_) {
        return;
    }
    for (const Command& command : done->commands) {
        if (const auto status = end_by(command)) {
            tell_closed(*status);
            return;
        }
    }
    if (type_.on_progress) {
        type_.on_progress(
            *object_,
            {.info = info_,
             .history_length = history_length_,
             .first_task_time = *first_task_time_,
             .time = now_}
        );
    }
}

void Instance::tell_closed(WorkflowStatus status) const {
    if (type_.on_closed) {
        type_.on_closed(
            *object_,
            {.info = info_,
             .status = status,
             .time = now_,
             .history_length = history_length_,
             .first_task_time = *first_task_time_}
        );
    }
}

void Instance::read_header(const Activation& activation) {
    if (activation.timestamp) {
        now_ = *activation.timestamp;
    }
    if (!first_task_time_) {
        first_task_time_ = now_;
    }
    is_replaying_ = activation.is_replaying;
    history_length_ = activation.history_length;
    history_size_bytes_ = activation.history_size_bytes;
    continue_as_new_suggested_ = activation.continue_as_new_suggested;
}

std::string Instance::unfinished_handlers(const Completion& completion) const {
    const auto* done = std::get_if<ActivationSucceeded>(&completion.status);
    if (done == nullptr || is_replaying_ || open_handlers_.empty() ||
        std::ranges::none_of(done->commands, [](const Command& command) {
            return end_by(command).has_value();
        })) {
        return {};
    }
    std::string names;
    for (const std::string& handler : open_handlers_) {
        names += (names.empty() ? "" : ", ") + handler;
    }
    return names;
}

Completion Instance::finish(std::string run_id) {
    auto commands = machine_.take_commands();
    if (task_failure_) {
        return {
            std::move(run_id),
            ActivationFailed{.failure = to_failure_(std::exchange(task_failure_, nullptr))}
        };
    }
    return {std::move(run_id), ActivationSucceeded{.commands = std::move(commands)}};
}

// Jobs.

void Instance::apply(InitializeWorkflow& job) {
    info_ = std::move(job.info);
    arguments_ = std::move(job.arguments);
    random_.reseed(job.randomness_seed);
}

void Instance::apply(FireTimer& job) {
    machine_.timer_fired(job.seq);
    timers_.extract(job.seq).mapped().operation->resolve(Payload{});
}

void Instance::apply(ResolveActivity& job) {
    machine_.activity_resolved(job.seq);
    const detail::OperationPtr operation = activities_.extract(job.seq).mapped().operation;
    const auto local_call = local_calls_.extract(job.seq);
    if (auto* completed = std::get_if<ActivityCompleted>(&job.result)) {
        operation->resolve(std::move(completed->result));
    } else if (auto* failed = std::get_if<ActivityFailed>(&job.result)) {
        operation->resolve(std::move(failed->failure));
    } else if (auto* canceled = std::get_if<ActivityCanceled>(&job.result)) {
        operation->resolve(std::move(canceled->failure));
    } else if (local_call) {
        adopt(back_off(local_call.mapped(), std::get<ActivityBackoff>(job.result)));
    } else {
        throw ProtocolError(
            "core asked to back off before activity " + std::to_string(job.seq) +
            ", which is no local one"
        );
    }
}

void Instance::apply(SignalWorkflow& job) {
    ensure_object();
    adopt(drive_signal(std::move(job)));
}

void Instance::apply(QueryWorkflow& job) {
    machine_.answer_query(job.id, answer(job));
}

void Instance::apply(DoUpdate& job) {
    ensure_object();
    machine_.update_requested(job.protocol_instance_id);
    adopt(drive_update(std::move(job)));
}

void Instance::apply(CancelWorkflow& job) {
    ensure_object();
    root_scope_->cancel(job.reason.empty() ? "workflow canceled" : job.reason);
}

void Instance::apply(UpdateRandomSeed& job) {
    random_.reseed(job.randomness_seed);
}

void Instance::apply(NotifyHasPatch& job) {
    noted_patches_.insert(std::move(job.patch_id));
}

// The owner of the cache answers an eviction by destroying the instance.
void Instance::apply(RemoveFromCache& /*job*/) {}

void Instance::apply(UnsupportedJob& job) {
    throw ProtocolError(
        "the history holds an event of a feature that this workflow does not use: " + job.name
    );
}

// User code.

WorkflowContext Instance::root_context() {
    return {*this, root_scope_};
}

void Instance::ensure_object() {
    if (!object_) {
        object_ = type_.create(root_context());
    }
}

void Instance::start_main() {
    main_started_ = true;
    adopt(drive_main(object_->run(root_context(), std::move(arguments_))));
}

Task<void> Instance::drive_main(Task<Payload> main) {
    try {
        machine_.complete(co_await std::move(main));
    } catch (const detail::ContinueAsNewRequest& request) {
        machine_.continue_as_new({
            .workflow_type = request.workflow_type,
            .task_queue = request.task_queue,
            .arguments = request.arguments,
            .run_timeout = request.run_timeout,
            .task_timeout = request.task_timeout,
            .memo = request.memo.empty() && has_new_memo_ ? info_.memo : request.memo,
            // What is upserted in this very task is not in the history that core would take them from.
            .search_attributes = has_new_search_attributes_
                                     ? std::optional(info_.search_attributes.fields())
                                     : std::nullopt,
        });
    } catch (const Failure& failure) {
        end_with(failure);
    } catch (...) {
        fail_task(std::current_exception());
    }
}

/// A handler that was begun: lives in the frame that drives it.
class Instance::OpenHandler {
public:
    OpenHandler(Instance& instance, std::string name)
        : instance_(instance), place_(instance.open_handlers_.insert(std::move(name))) {}
    ~OpenHandler() { instance_.open_handlers_.erase(place_); }
    OpenHandler(const OpenHandler&) = delete;
    OpenHandler& operator=(const OpenHandler&) = delete;

private:
    Instance& instance_;
    std::multiset<std::string>::iterator place_;
};

Task<void> Instance::drive_signal(SignalWorkflow job) {
    // A signal that no handler takes is dropped: it may be meant for a newer version of this workflow. So is one that cannot
    // be decoded: whoever sent it cannot be told, and the workflow must not be stopped by it.
    std::unique_ptr<Task<void>> handler;
    try {
        handler = object_->signal(root_context(), job.name, job.input);
    } catch (const ConversionError&) {
        co_return;
    }
    if (!handler) {
        co_return;
    }
    const OpenHandler open(*this, "signal " + in_quotes(job.name));
    try {
        co_await std::move(*handler);
    } catch (const Failure& failure) {
        end_with(failure);
    } catch (...) {
        fail_task(std::current_exception());
    }
}

std::unique_ptr<Task<Payload>> Instance::welcome(const DoUpdate& job) {
    const auto only_reads = [this](bool read_only) { machine_.set_read_only(read_only); };
    only_reads(true);
    std::unique_ptr<Task<Payload>> handler;
    try {
        handler = object_->update(root_context(), job.name, job.input, job.run_validator);
    } catch (...) {
        only_reads(false);
        throw;
    }
    only_reads(false);
    if (!handler) {
        throw ApplicationFailure(
            "workflow " + in_quotes(type_.name) + " has no update " + in_quotes(job.name)
        );
    }
    return handler;
}

Task<void> Instance::drive_update(DoUpdate job) {
    const std::string& id = job.protocol_instance_id;
    std::unique_ptr<Task<Payload>> handler;
    try {
        handler = welcome(job);
    } catch (const ProtocolError&) {
        fail_task(std::current_exception()
        );  // The validator acts: a fault of the code, not of the sender.
        co_return;
    } catch (...) {
        machine_.reject_update(id, to_failure_(std::current_exception()));
        co_return;
    }
    machine_.accept_update(id);
    const OpenHandler open(*this, "update " + in_quotes(job.name) + " (" + job.id + ")");
    try {
        Payload result = co_await std::move(*handler);
        machine_.complete_update(id, std::move(result));
    } catch (const Failure& failure) {
        machine_.reject_update(id, failure.clone());
    } catch (...) {
        fail_task(std::current_exception());
    }
}

void Instance::end_with(const Failure& failure) {
    if (is_canceled(failure) && root_scope_->canceled()) {
        machine_.cancel(cancel_details(failure));
    } else {
        machine_.fail(failure.clone());
    }
}

std::variant<Payload, FailurePtr> Instance::answer(const QueryWorkflow& job) {
    machine_.set_read_only(true);
    std::variant<Payload, FailurePtr> result;
    try {
        ensure_object();
        std::optional<Payload> answer = built_in_answer(job.type);
        if (!answer) {
            answer = object_->query(job.type, job.arguments);
        }
        if (!answer) {
            throw ApplicationFailure(
                "workflow " + in_quotes(type_.name) + " has no query " + in_quotes(job.type)
            );
        }
        result = std::move(*answer);
    } catch (...) {
        result = to_failure_(std::current_exception());
    }
    machine_.set_read_only(false);
    return result;
}

std::optional<Payload> Instance::built_in_answer(std::string_view query) const {
    if (query == kMetadataQuery) {
        return metadata_payload(
            type_.name, type_.handlers, current_details_ ? current_details_() : std::string()
        );
    }
    if (query == kStackTraceQuery) {
        return to_payload(waits());
    }
    return std::nullopt;
}

std::string Instance::waits() const {
    std::string lines;
    const auto list = [&lines](std::string_view kind, const std::map<Seq, Pending>& pending) {
        for (const auto& [seq, one] : pending) {
            lines += std::string(kind) + " " + std::to_string(seq) +
                     (one.name.empty() ? "" : ": " + one.name) + "\n";
        }
    };
    list("activity", activities_);
    list("timer", timers_);
    if (const std::size_t count = scheduler_.waiting_conditions(); count > 0) {
        lines += std::to_string(count) + (count == 1 ? " condition\n" : " conditions\n");
    }
    return lines.empty() ? "waits for nothing\n" : "waits for\n" + lines;
}

// What contexts ask for.

detail::OperationPtr Instance::canceled_operation(const detail::Scope& scope) {
    auto operation = std::make_shared<detail::Operation>(scheduler_);
    operation->resolve(
        std::make_shared<const CanceledFailure>(closing_ ? "the run is gone" : scope.reason())
    );
    return operation;
}

detail::OperationPtr Instance::start_timer(
    const detail::ScopePtr& scope, Duration duration, std::string_view summary
) {
    if (duration < Duration::zero()) {
        throw std::invalid_argument(
            "sleep: the duration is " + std::to_string(duration.count()) + " ns; give zero or more"
        );
    }
    if (closing_ || scope->canceled()) {
        return canceled_operation(*scope);
    }

    // A duration of zero still makes a timer, as in the other SDKs; the server refuses less than a millisecond.
    const Seq seq = machine_.start_timer(
        std::max<Duration>(duration, std::chrono::milliseconds{1}), std::string(summary)
    );
    auto operation = std::make_shared<detail::Operation>(scheduler_);
    // Core answers no cancelled timer, so the waiter is told here.
    operation->on_cancel([this, seq, scope] {
        if (closing_ || !machine_.cancel_timer(seq)) {
            return;
        }
        const detail::OperationPtr timer = timers_.extract(seq).mapped().operation;
        timer->resolve(std::make_shared<const CanceledFailure>(
            scope->canceled() ? scope->reason() : "timer canceled"
        ));
    });
    scope->add(operation);
    timers_.emplace(seq, Pending{operation, std::string(summary)});
    return operation;
}

detail::OperationPtr Instance::schedule_activity(
    const detail::ScopePtr& scope,
    std::string_view type,
    Payloads arguments,
    const ActivityOptions& options
) {
    if (!options.start_to_close && !options.schedule_to_close) {
        throw std::invalid_argument(
            "activity " + in_quotes(type) + ": give start_to_close or schedule_to_close"
        );
    }
    if (closing_ || scope->canceled()) {
        return canceled_operation(*scope);
    }

    ScheduleActivity command{
        .activity_id = std::string(options.activity_id),
        .activity_type = std::string(type),
        .task_queue =
            options.task_queue.empty() ? info_.task_queue : std::string(options.task_queue),
        .arguments = std::move(arguments),
        .schedule_to_close = options.schedule_to_close,
        .schedule_to_start = options.schedule_to_start,
        .start_to_close = options.start_to_close,
        .heartbeat = options.heartbeat,
        .priority =
            {.key = options.priority.key,
             .fairness_key = std::string(options.priority.fairness_key),
             .fairness_weight = options.priority.fairness_weight},
        .cancellation_type = options.cancellation,
        .do_not_eagerly_execute = options.disable_eager,
        .summary = std::string(options.summary),
    };
    if (options.retry) {
        command.retry_policy = own(*options.retry);
    }
    const Seq seq = machine_.schedule_activity(std::move(command));

    auto operation = std::make_shared<detail::Operation>(scheduler_);
    // Core answers in every case; for kTryCancel and kAbandon it does so within the same workflow task.
    operation->on_cancel([this, seq] {
        if (!closing_) {
            machine_.cancel_activity(seq);
        }
    });
    scope->add(operation);
    activities_.emplace(seq, Pending{operation, std::string(type)});
    return operation;
}

/// A local activity over all its attempts, which core numbers anew after a timer.
struct Instance::LocalCall {
    ScheduleLocalActivity command;
    detail::OperationPtr operation;
    detail::ScopePtr scope;
    std::function<void()> cancel;  // What runs now: the attempt, or the timer before the next.
};

detail::OperationPtr Instance::schedule_local_activity(
    const detail::ScopePtr& scope,
    std::string_view type,
    Payloads arguments,
    const LocalActivityOptions& options
) {
    if (!options.start_to_close && !options.schedule_to_close) {
        throw std::invalid_argument(
            "local activity " + in_quotes(type) + ": give start_to_close or schedule_to_close"
        );
    }
    if (closing_ || scope->canceled()) {
        return canceled_operation(*scope);
    }

    const auto call = std::make_shared<LocalCall>();
    call->command = {
        .activity_id = std::string(options.activity_id),
        .activity_type = std::string(type),
        .arguments = std::move(arguments),
        .schedule_to_close = options.schedule_to_close,
        .schedule_to_start = options.schedule_to_start,
        .start_to_close = options.start_to_close,
        .local_retry_threshold = options.local_retry_threshold,
        .cancellation_type = options.cancellation,
    };
    if (options.retry) {
        call->command.retry_policy = own(*options.retry);
    }
    call->operation = std::make_shared<detail::Operation>(scheduler_);
    call->scope = scope;
    begin_attempt(call);
    call->operation->on_cancel([this, waiting = std::weak_ptr(call)] {
        if (const auto canceled = waiting.lock(); canceled && !closing_) {
            canceled->cancel();
        }
    });
    scope->add(call->operation);
    return call->operation;
}

void Instance::begin_attempt(const LocalCallPtr& call) {
    const Seq seq = machine_.schedule_local_activity(call->command);
    call->cancel = [this, seq] { machine_.cancel_activity(seq); };
    activities_.emplace(seq, Pending{call->operation, call->command.activity_type});
    local_calls_.emplace(seq, call);
}

/// Core leaves long waits to the workflow, for a timer outlives the worker.
Task<void> Instance::back_off(LocalCallPtr call, ActivityBackoff backoff) {
    const TimerHandle timer =
        WorkflowContext(*this, call->scope).sleep(backoff.duration, "local activity backs off");
    call->cancel = [timer] { timer.cancel(); };
    try {
        co_await timer;
    } catch (const Failure& canceled) {
        call->operation->resolve(canceled.clone());
        co_return;
    }
    call->command.attempt = backoff.attempt;
    call->command.original_schedule_time = backoff.original_schedule_time;
    begin_attempt(call);
}

bool Instance::decide(std::string_view patch_id, bool preferred) {
    const auto known = decisions_.find(patch_id);
    if (known != decisions_.end()) {
        return known->second;
    }
    machine_.require_writable();
    // What was decided against leaves no marker.
    const bool decision = is_replaying_ ? noted_patches_.contains(patch_id) : preferred;
    if (decision && !closing_) {
        machine_.set_patch_marker(std::string(patch_id), /*deprecated=*/false);
    }
    decisions_.emplace(patch_id, decision);
    return decision;
}

void Instance::deprecate_patch(std::string_view patch_id) {
    machine_.require_writable();
    if (!closing_ && decisions_.emplace(patch_id, true).second) {
        machine_.set_patch_marker(std::string(patch_id), /*deprecated=*/true);
    }
}

void Instance::upsert_search_attributes(const SearchAttributes& changes) {
    machine_.require_writable();
    if (!closing_) {
        info_.search_attributes.merge(changes);
        has_new_search_attributes_ = true;
        machine_.upsert_search_attributes(changes.fields());
    }
}

void Instance::upsert_memo(const PayloadMap& changes) {
    machine_.require_writable();
    if (!closing_) {
        merge_payloads(info_.memo, changes);
        has_new_memo_ = true;
        machine_.upsert_memo(changes);
    }
}

void Instance::set_current_details(std::function<std::string()> markdown) {
    machine_.require_writable();
    current_details_ = std::move(markdown);
}

Random& Instance::random() {
    machine_.require_writable();  // Drawing a number moves the generator.
    return random_;
}

void Instance::adopt(Task<void> task) {
    machine_.require_writable();
    if (!closing_) {
        roots_.emplace_back(std::move(task), scheduler_);
    }
}

void Instance::fail_task(std::exception_ptr exception) noexcept {
    if (!task_failure_) {
        task_failure_ = std::move(exception);
    }
}

}  // namespace temporal::workflows
