#include "temporal/testing/workflow_harness.hpp"

#include "converter/exception_to_failure.hpp"
#include "converter/merge_payloads.hpp"
#include "workflow/activation.hpp"
#include "workflow/command.hpp"
#include "workflow/instance.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace temporal::testing {
namespace {

using Clock = std::chrono::system_clock;

constexpr auto kSeed = std::uint64_t{1};
const Clock::time_point kStart{std::chrono::hours{24 * 365 * 50}};

template <class Open>
void forget(std::vector<Open>& open, std::uint32_t seq) {
    std::erase_if(open, [seq](const Open& one) { return one.seq == seq; });
}

WorkflowInfo with_defaults(WorkflowInfo info, const std::string& type) {
    if (info.workflow_id.empty()) {
        info.workflow_id = "workflow-id";
    }
    if (info.run_id.empty()) {
        info.run_id = "run-id";
    }
    if (info.workflow_type.empty()) {
        info.workflow_type = type;
    }
    if (info.task_queue.empty()) {
        info.task_queue = "task-queue";
    }
    if (info.start_time == Clock::time_point{}) {
        info.start_time = kStart;
    }
    return info;
}

}  // namespace

class WorkflowHarness::Impl {
public:
    Impl(detail::WorkflowType type, WorkflowInfo info)
        : info_(with_defaults(std::move(info), type.name)),
          now_(info_.start_time),
          instance_(std::move(type), exception_to_failure) {}

    void step(workflows::Job job) {
        workflows::Activation activation{.run_id = info_.run_id};
        activation.timestamp = now_;
        activation.jobs.push_back(std::move(job));
        workflows::Completion completion = instance_.activate(std::move(activation));
        if (auto* failed = std::get_if<workflows::ActivationFailed>(&completion.status)) {
            end_ = TaskFailed{failed->failure};
            return;
        }
        for (auto& command : std::get<workflows::ActivationSucceeded>(completion.status).commands) {
            std::visit([this](auto& known) { take(known); }, command);
        }
    }

    void take(workflows::StartTimer& command) {
        timers_.push_back(
            {.seq = command.seq,
             .duration = command.duration,
             .summary = std::move(command.summary),
             .fires_at = now_ + std::chrono::duration_cast<Clock::duration>(command.duration)}
        );
    }
    void take(workflows::CancelTimer& command) { forget(timers_, command.seq); }
    void take(workflows::ScheduleActivity& command) {
        activities_.push_back(
            {.seq = command.seq,
             .type = std::move(command.activity_type),
             .task_queue = std::move(command.task_queue),
             .arguments = std::move(command.arguments),
             .start_to_close = command.start_to_close,
             .schedule_to_close = command.schedule_to_close,
             .heartbeat = command.heartbeat,
             .maximum_attempts = command.retry_policy
                                     ? std::optional(command.retry_policy->maximum_attempts)
                                     : std::nullopt,
             .priority = std::move(command.priority),
             .summary = std::move(command.summary)}
        );
    }
    void take(workflows::ScheduleLocalActivity& command) {
        activities_.push_back(
            {.seq = command.seq,
             .type = std::move(command.activity_type),
             .task_queue = {},
             .arguments = std::move(command.arguments),
             .start_to_close = command.start_to_close,
             .schedule_to_close = command.schedule_to_close,
             .heartbeat = {},
             .maximum_attempts = command.retry_policy
                                     ? std::optional(command.retry_policy->maximum_attempts)
                                     : std::nullopt,
             .is_local = true,
             .attempt = static_cast<int>(command.attempt)}
        );
    }
    void take(workflows::RequestCancelActivity& command) { ask_to_cancel(command.seq); }
    void take(workflows::RequestCancelLocalActivity& command) { ask_to_cancel(command.seq); }
    void ask_to_cancel(std::uint32_t seq) {
        for (OpenActivity& activity : activities_) {
            if (activity.seq == seq) {
                activity.cancel_requested = true;
            }
        }
    }
    void take(workflows::SetPatchMarker&) {}
    void take(workflows::UpsertSearchAttributes& command) {
        search_attributes_.merge(SearchAttributes(std::move(command.fields)));
        ++upserts_;
    }
    void take(workflows::UpsertMemo& command) { merge_payloads(memo_, command.fields); }
    void take(workflows::RespondToQuery& command) { answer_ = std::move(command.result); }
    void take(workflows::AcceptUpdate& command) {
        update_of(command.protocol_instance_id).accepted = true;
    }
    void take(workflows::RejectUpdate& command) {
        update_of(command.protocol_instance_id).failure = std::move(command.failure);
    }
    void take(workflows::CompleteUpdate& command) {
        update_of(command.protocol_instance_id).result = std::move(command.result);
    }
    SentUpdate& update_of(const std::string& protocol_instance_id) {
        return updates_.at(std::stoul(protocol_instance_id));
    }
    void take(workflows::CompleteWorkflowExecution& command) {
        end_ = Completed{std::move(command.result)};
    }
    void take(workflows::FailWorkflowExecution& command) {
        end_ = Failed{std::move(command.failure)};
    }
    void take(workflows::CancelWorkflowExecution& command) {
        end_ = Canceled{std::move(command.details)};
    }
    void take(workflows::ContinueAsNewWorkflowExecution& command) {
        end_ = ContinuedAsNew{std::move(command.workflow_type), std::move(command.arguments)};
    }

    void advance(Duration time) {
        const Clock::time_point until = now_ + std::chrono::duration_cast<Clock::duration>(time);
        while (true) {
            const auto due = std::ranges::min_element(timers_, {}, &OpenTimer::fires_at);
            if (due == timers_.end() || due->fires_at > until) {
                break;
            }
            now_ = due->fires_at;
            const std::uint32_t seq = due->seq;
            timers_.erase(due);
            step(workflows::FireTimer{seq});
        }
        now_ = until;
    }

    WorkflowInfo info_;
    Clock::time_point now_;
    std::vector<OpenActivity> activities_;
    std::vector<OpenTimer> timers_;
    SearchAttributes search_attributes_ = info_.search_attributes;
    PayloadMap memo_ = info_.memo;
    int upserts_ = 0;
    std::vector<SentUpdate> updates_;
    std::variant<Payload, FailurePtr> answer_;
    std::optional<RunEnd> end_;
    workflows::Instance instance_;
};

WorkflowHarness::WorkflowHarness(detail::WorkflowType type, WorkflowInfo info)
    : impl_(std::make_unique<Impl>(std::move(type), std::move(info))) {}
WorkflowHarness::WorkflowHarness(WorkflowHarness&&) noexcept = default;
WorkflowHarness& WorkflowHarness::operator=(WorkflowHarness&&) noexcept = default;
WorkflowHarness::~WorkflowHarness() = default;

void WorkflowHarness::start(Payloads arguments) {
    impl_->step(workflows::InitializeWorkflow{
        .info = impl_->info_,
        .arguments = std::move(arguments),
        .headers = {},
        .randomness_seed = kSeed
    });
}

void WorkflowHarness::signal(const std::string& name, Payloads input) {
    impl_->step(workflows::SignalWorkflow{
        .name = name, .input = std::move(input), .identity = {}, .headers = {}
    });
}

void WorkflowHarness::update(const std::string& name, Payloads input) {
    const std::string place = std::to_string(impl_->updates_.size());
    impl_->updates_.push_back({.name = name, .accepted = false, .result = {}, .failure = nullptr});
    impl_->step(workflows::DoUpdate{
        .id = place,
        .protocol_instance_id = place,
        .name = name,
        .input = std::move(input),
        .headers = {}
    });
}

void WorkflowHarness::cancel(const std::string& reason) {
    impl_->step(workflows::CancelWorkflow{reason});
    // As the server does for kTryCancel: the activity's cancel is answered at once.
    while (true) {
        const auto asked =
            std::ranges::find_if(impl_->activities_, &OpenActivity::cancel_requested);
        if (asked == impl_->activities_.end() || impl_->end_) {
            return;
        }
        const std::uint32_t seq = asked->seq;
        impl_->activities_.erase(asked);
        impl_->step(workflows::ResolveActivity{
            .seq = seq,
            .result = workflows::ActivityCanceled{std::make_shared<const ActivityFailure>(
                "activity canceled",
                ActivityFailure::Info{},
                std::make_shared<const CanceledFailure>()
            )}
        });
    }
}

void WorkflowHarness::complete(std::uint32_t activity, Payload result) {
    forget(impl_->activities_, activity);
    impl_->step(workflows::ResolveActivity{
        .seq = activity, .result = workflows::ActivityCompleted{std::move(result)}
    });
}

void WorkflowHarness::fail(std::uint32_t activity, FailurePtr cause) {
    forget(impl_->activities_, activity);
    impl_->step(workflows::ResolveActivity{
        .seq = activity,
        .result = workflows::ActivityFailed{std::make_shared<const ActivityFailure>(
            "activity failed", ActivityFailure::Info{}, std::move(cause)
        )}
    });
}

void WorkflowHarness::back_off(std::uint32_t activity, Duration wait) {
    const auto open = std::ranges::find(impl_->activities_, activity, &OpenActivity::seq);
    if (open == impl_->activities_.end() || !open->is_local) {
        throw std::logic_error("activity " + std::to_string(activity) + " is no local one");
    }
    const auto attempt = static_cast<std::uint32_t>(open->attempt) + 1;
    impl_->activities_.erase(open);
    impl_->step(workflows::ResolveActivity{
        .seq = activity,
        .result =
            workflows::ActivityBackoff{
                .attempt = attempt, .duration = wait, .original_schedule_time = impl_->now_
            }
    });
}

void WorkflowHarness::advance(Duration time) {
    impl_->advance(time);
}

Payload WorkflowHarness::query(const std::string& name, const Payloads& arguments) {
    impl_->step(
        workflows::QueryWorkflow{.id = "query", .type = name, .arguments = arguments, .headers = {}}
    );
    if (const auto* failure = std::get_if<FailurePtr>(&impl_->answer_)) {
        (*failure)->raise();
    }
    return std::get<Payload>(impl_->answer_);
}

const std::vector<OpenActivity>& WorkflowHarness::activities() const noexcept {
    return impl_->activities_;
}
const std::vector<SentUpdate>& WorkflowHarness::updates() const noexcept {
    return impl_->updates_;
}
const std::vector<OpenTimer>& WorkflowHarness::timers() const noexcept {
    return impl_->timers_;
}
const SearchAttributes& WorkflowHarness::search_attributes() const noexcept {
    return impl_->search_attributes_;
}
int WorkflowHarness::search_attribute_upserts() const noexcept {
    return impl_->upserts_;
}
const PayloadMap& WorkflowHarness::memo() const noexcept {
    return impl_->memo_;
}
Clock::time_point WorkflowHarness::now() const noexcept {
    return impl_->now_;
}
const std::optional<RunEnd>& WorkflowHarness::end() const noexcept {
    return impl_->end_;
}

const Payload& WorkflowHarness::completed_result() const {
    if (!impl_->end_) {
        throw std::logic_error("the run has not ended");
    }
    if (const auto* completed = std::get_if<Completed>(&*impl_->end_)) {
        return completed->result;
    }
    if (const auto* failed = std::get_if<Failed>(&*impl_->end_)) {
        throw std::logic_error("the run failed: " + failed->failure->message());
    }
    if (const auto* failed = std::get_if<TaskFailed>(&*impl_->end_)) {
        throw std::logic_error("the workflow task failed: " + failed->failure->message());
    }
    throw std::logic_error("the run was canceled or continued as new");
}

}  // namespace temporal::testing
