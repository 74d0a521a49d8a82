#include "workflow/state_machine.hpp"

#include <utility>

namespace temporal::workflows {

Seq StateMachine::start_timer(std::chrono::nanoseconds duration, std::string summary) {
    const Seq seq = last_timer_ + 1;
    issue(StartTimer{.seq = seq, .duration = duration, .summary = std::move(summary)});
    timers_.insert(last_timer_ = seq);
    return seq;
}

bool StateMachine::cancel_timer(Seq seq) {
    if (!timers_.contains(seq)) {
        return false;
    }
    issue(CancelTimer{seq});
    timers_.erase(seq);
    return true;
}

Seq StateMachine::schedule_activity(ScheduleActivity command) {
    return schedule(std::move(command));
}

Seq StateMachine::schedule_local_activity(ScheduleLocalActivity command) {
    const Seq seq = schedule(std::move(command));
    local_activities_.insert(seq);
    return seq;
}

template <class Command>
Seq StateMachine::schedule(Command command) {
    const Seq seq = last_activity_ + 1;
    command.seq = seq;
    if (command.activity_id.empty()) {
        command.activity_id = std::to_string(seq);
    }
    issue(std::move(command));
    activities_.insert(last_activity_ = seq);
    return seq;
}

bool StateMachine::cancel_activity(Seq seq) {
    if (!activities_.contains(seq) || canceling_activities_.contains(seq)) {
        return false;
    }
    if (local_activities_.contains(seq)) {
        issue(RequestCancelLocalActivity{seq});
    } else {
        issue(RequestCancelActivity{seq});
    }
    canceling_activities_.insert(seq);
    return true;
}

void StateMachine::upsert_search_attributes(PayloadMap changes) {
    require_writable();
    if (!changes.empty()) {
        issue(UpsertSearchAttributes{std::move(changes)});
    }
}

void StateMachine::upsert_memo(PayloadMap changes) {
    require_writable();
    if (!changes.empty()) {
        issue(UpsertMemo{std::move(changes)});
    }
}

void StateMachine::answer_query(std::string query_id, std::variant<Payload, FailurePtr> result) {
    commands_.emplace_back(RespondToQuery{std::move(query_id), std::move(result)});
}

void StateMachine::update_requested(const std::string& protocol_instance_id) {
    if (!updates_.emplace(protocol_instance_id, false).second) {
        throw ProtocolError("update " + protocol_instance_id + " was asked for twice");
    }
}

void StateMachine::accept_update(const std::string& protocol_instance_id) {
    require_writable();
    const auto update = updates_.find(protocol_instance_id);
    if (update == updates_.end() || update->second) {
        throw ProtocolError("update " + protocol_instance_id + " cannot be accepted now");
    }
    update->second = true;
    commands_.emplace_back(AcceptUpdate{protocol_instance_id});
}

void StateMachine::reject_update(const std::string& protocol_instance_id, FailurePtr failure) {
    require_writable();
    if (updates_.erase(protocol_instance_id) == 0) {
        throw ProtocolError("update " + protocol_instance_id + " has an answer already");
    }
    commands_.emplace_back(RejectUpdate{protocol_instance_id, std::move(failure)});
}

void StateMachine::complete_update(const std::string& protocol_instance_id, Payload result) {
    require_writable();
    const auto update = updates_.find(protocol_instance_id);
    if (update == updates_.end() || !update->second) {
        throw ProtocolError("update " + protocol_instance_id + " cannot be completed now");
    }
    updates_.erase(update);
    commands_.emplace_back(CompleteUpdate{protocol_instance_id, std::move(result)});
}

void StateMachine::timer_fired(Seq seq) {
    if (timers_.erase(seq) == 0) {
        throw ProtocolError(
            "timer " + std::to_string(seq) + " fired, but the workflow waits for no such timer"
        );
    }
}

void StateMachine::activity_resolved(Seq seq) {
    if (activities_.erase(seq) == 0) {
        throw ProtocolError(
            "activity " + std::to_string(seq) +
            " ended, but the workflow waits for no such activity"
        );
    }
    canceling_activities_.erase(seq);
    local_activities_.erase(seq);
}

std::vector<Command> StateMachine::take_commands() {
    return std::exchange(commands_, {});
}

void StateMachine::require_writable() const {
    if (read_only_) {
        throw ProtocolError("a query handler tried to change the workflow; it may only read");
    }
}

void StateMachine::issue(Command command) {
    require_writable();
    // After the end nothing is left that could be answered.
    if (!ended_) {
        commands_.push_back(std::move(command));
    }
}

void StateMachine::end(Command command) {
    issue(std::move(command));
    ended_ = true;
}

}  // namespace temporal::workflows
