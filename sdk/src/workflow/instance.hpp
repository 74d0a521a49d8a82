/// @file workflow/instance.hpp
/// @brief One live run: drives the user's coroutines between an activation and its completion.
#pragma once

#include "temporal/detail/workflow_runtime.hpp"
#include "temporal/detail/workflow_type.hpp"
#include "temporal/random.hpp"
#include "workflow/activation.hpp"
#include "workflow/command.hpp"
#include "workflow/state_machine.hpp"

#include <chrono>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace temporal::workflows {

/// Turns an exception that is no Failure into one that can be reported.
using ExceptionToFailure = std::function<FailurePtr(std::exception_ptr)>;

/// The state of one run in the cache.
///
/// An activation is handled in the order that replay depends on: first every job is applied without running user
/// code (answers wake their waiters, handlers are queued), then, on the first activation, the main coroutine is queued
/// behind them, then the scheduler runs until everything waits.
///
/// Threads: one at a time, always the same one. Destroy: on that thread; frames are destroyed where they are suspended
/// and nothing is resumed.
class Instance final : private detail::WorkflowRuntime {
public:
    Instance(detail::WorkflowType type, ExceptionToFailure to_failure);
    ~Instance() override;
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    [[nodiscard]] Completion activate(Activation activation);

    /// The handlers that this completion, the latest, leaves unfinished because it ends the run, for people. Empty: none, or the
    /// end was replayed.
    [[nodiscard]] std::string unfinished_handlers(const Completion& completion) const;

    /// Tells the type's observers if the latest activation, which this completes, moved the run on and was no replay.
    /// Errors: what the observer throws.
    void tell_observers(const Completion& completion) const;

private:
    // detail::WorkflowRuntime
    detail::Scheduler& scheduler() noexcept override { return scheduler_; }
    const WorkflowInfo& info() const noexcept override { return info_; }
    std::chrono::system_clock::time_point now() const noexcept override { return now_; }
    bool is_replaying() const noexcept override { return is_replaying_; }
    std::uint32_t history_length() const noexcept override { return history_length_; }
    std::uint64_t history_size_bytes() const noexcept override { return history_size_bytes_; }
    bool continue_as_new_suggested() const noexcept override { return continue_as_new_suggested_; }
    Random& random() override;
    detail::OperationPtr start_timer(
        const detail::ScopePtr& scope, Duration duration, std::string_view summary
    ) override;
    detail::OperationPtr schedule_activity(
        const detail::ScopePtr& scope,
        std::string_view type,
        Payloads arguments,
        const ActivityOptions& options
    ) override;
    detail::OperationPtr schedule_local_activity(
        const detail::ScopePtr& scope,
        std::string_view type,
        Payloads arguments,
        const LocalActivityOptions& options
    ) override;
    bool decide(std::string_view patch_id, bool preferred) override;
    void deprecate_patch(std::string_view patch_id) override;
    void upsert_search_attributes(const SearchAttributes& changes) override;
    void upsert_memo(const PayloadMap& changes) override;
    void set_current_details(std::function<std::string()> markdown) override;
    bool all_handlers_finished() const noexcept override { return open_handlers_.empty(); }
    void adopt(Task<void> task) override;
    void fail_task(std::exception_ptr exception) noexcept override;

    void read_header(const Activation& activation);
    void tell_closed(WorkflowStatus status) const;
    void apply(InitializeWorkflow& job);
    void apply(FireTimer& job);
    void apply(ResolveActivity& job);
    void apply(SignalWorkflow& job);
    void apply(QueryWorkflow& job);
    void apply(DoUpdate& job);
    void apply(CancelWorkflow& job);
    void apply(UpdateRandomSeed& job);
    void apply(NotifyHasPatch& job);
    void apply(RemoveFromCache& job);
    void apply(UnsupportedJob& job);

    void ensure_object();
    void start_main();
    Task<void> drive_main(Task<Payload> main);
    Task<void> drive_signal(SignalWorkflow job);
    Task<void> drive_update(DoUpdate job);
    /// The handler of an update that is welcome. Errors: what makes it unwelcome.
    [[nodiscard]] std::unique_ptr<Task<Payload>> welcome(const DoUpdate& job);
    void end_with(const Failure& failure);
    [[nodiscard]] std::variant<Payload, FailurePtr> answer(const QueryWorkflow& job);
    /// One of Temporal's own queries. Empty: it is none.
    [[nodiscard]] std::optional<Payload> built_in_answer(std::string_view query) const;
    /// What the run waits for, one thing a line.
    [[nodiscard]] std::string waits() const;
    [[nodiscard]] WorkflowContext root_context();
    [[nodiscard]] Completion finish(std::string run_id);
    struct LocalCall;
    /// What is started and not ended, with its name for people.
    struct Pending {
        detail::OperationPtr operation;
        std::string name;
    };
    using LocalCallPtr = std::shared_ptr<LocalCall>;
    void begin_attempt(const LocalCallPtr& call);
    Task<void> back_off(LocalCallPtr call, ActivityBackoff backoff);
    detail::OperationPtr canceled_operation(const detail::Scope& scope);

    detail::WorkflowType type_;
    ExceptionToFailure to_failure_;

    WorkflowInfo info_;
    bool has_new_memo_ = false;
    bool has_new_search_attributes_ = false;
    Payloads arguments_;
    Random random_{0};
    std::chrono::system_clock::time_point now_;
    std::optional<std::chrono::system_clock::time_point> first_task_time_;
    bool is_replaying_ = false;
    bool only_reads_ = false;  // The latest activation: it has nothing but queries.
    std::uint32_t history_length_ = 0;
    std::uint64_t history_size_bytes_ = 0;
    bool continue_as_new_suggested_ = false;

    StateMachine machine_;
    detail::Scheduler scheduler_;
    detail::ScopePtr root_scope_ = std::make_shared<detail::Scope>();
    std::map<Seq, Pending> timers_;
    std::map<Seq, Pending> activities_;
    std::map<Seq, LocalCallPtr> local_calls_;  // By the attempt that runs.
    std::set<std::string, std::less<>>
        noted_patches_;  // In the part of the history that is replayed.
    std::map<std::string, bool, std::less<>> decisions_;
    std::function<std::string()> current_details_;
    class OpenHandler;
    std::multiset<std::string> open_handlers_;
    std::exception_ptr task_failure_;
    bool main_started_ = false;
    bool closing_ = false;

    // The object outlives the frames, and both outlive nothing else of the run.
    std::unique_ptr<detail::WorkflowObject> object_;
    std::vector<RootTask> roots_;
};

}  // namespace temporal::workflows
