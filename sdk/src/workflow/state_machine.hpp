/// @file workflow/state_machine.hpp
/// @brief The bookkeeping of one run's protocol with core: pure, without coroutines, clocks or I/O.
#pragma once

#include "workflow/activation.hpp"
#include "workflow/command.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace temporal::workflows {

/// Core sent what the protocol does not allow, or the code no longer fits the history: fails the workflow task.
class ProtocolError : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

/// Numbers what the workflow asks for, remembers what is unanswered and collects the commands of an activation.
///
/// Rules it keeps (core calls a breach of them nondeterminism):
/// - sequence numbers start at 1, one count per kind, in the order of the calls;
/// - an operation is cancelled at most once and never after its answer;
/// - one terminal command ends the run, later ones are dropped, but for the answers to updates: whoever asked still waits;
/// - an update is accepted or rejected, and once accepted ends once;
/// - a query changes nothing: commands are refused while one is answered.
class StateMachine {
public:
    Seq start_timer(std::chrono::nanoseconds duration, std::string summary);
    /// False where there is nothing to cancel any more.
    bool cancel_timer(Seq seq);

    /// Fills in the sequence number, and the activity id where none is given.
    Seq schedule_activity(ScheduleActivity command);
    /// The same; remote and local activities are counted together.
    Seq schedule_local_activity(ScheduleLocalActivity command);
    bool cancel_activity(Seq seq);

    void set_patch_marker(std::string patch_id, bool deprecated) {
        issue(SetPatchMarker{.patch_id = std::move(patch_id), .deprecated = deprecated});
    }

    /// Without changes no command.
    void upsert_search_attributes(PayloadMap changes);
    void upsert_memo(PayloadMap changes);

    void complete(Payload result) { end(CompleteWorkflowExecution{std::move(result)}); }
    void fail(FailurePtr failure) { end(FailWorkflowExecution{std::move(failure)}); }
    void cancel(Payloads details) { end(CancelWorkflowExecution{std::move(details)}); }
    void continue_as_new(ContinueAsNewWorkflowExecution command) { end(std::move(command)); }

    /// Of an update: accepted at most once, then completed or rejected once; or rejected at once.
    /// Errors: ProtocolError for any other order.
    void accept_update(const std::string& protocol_instance_id);
    void reject_update(const std::string& protocol_instance_id, FailurePtr failure);
    void complete_update(const std::string& protocol_instance_id, Payload result);

    void answer_query(std::string query_id, std::variant<Payload, FailurePtr> result);

    /// Errors: ProtocolError for an update that was asked for before.
    void update_requested(const std::string& protocol_instance_id);
    /// Errors: ProtocolError for a timer or activity that is not waited for.
    void timer_fired(Seq seq);
    void activity_resolved(Seq seq);

    /// Commands are refused with ProtocolError while this is set.
    void set_read_only(bool read_only) noexcept { read_only_ = read_only; }
    /// Errors: ProtocolError while a query is answered.
    void require_writable() const;

    [[nodiscard]] bool ended() const noexcept { return ended_; }
    [[nodiscard]] std::vector<Command> take_commands();

private:
    template <class Command>
    Seq schedule(Command command);
    void issue(Command command);
    void end(Command command);

    Seq last_timer_ = 0;
    Seq last_activity_ = 0;
    std::set<Seq> timers_;
    std::set<Seq> activities_;
    std::set<Seq> local_activities_;  // Of those.
    std::set<Seq> canceling_activities_;
    std::map<std::string, bool> updates_;  // Without an end; true: accepted.
    std::vector<Command> commands_;
    bool ended_ = false;
    bool read_only_ = false;
};

}  // namespace temporal::workflows
