#include "temporal/workflow_handle.hpp"

#include "bridge/uuid.hpp"
#include "bridge/workflow_service.hpp"
#include "client/await_result.hpp"
#include "client/await_update.hpp"
#include "client/deadline.hpp"
#include "client/timing.hpp"

namespace temporal {

using client::timing_of;

WorkflowHandle::WorkflowHandle(
    std::shared_ptr<const bridge::WorkflowService> service,
    std::string workflow_id,
    std::string run_id,
    std::string first_run_id,
    bool newly_started
)
    : service_(std::move(service)),
      workflow_id_(std::move(workflow_id)),
      run_id_(std::move(run_id)),
      first_run_id_(std::move(first_run_id)),
      newly_started_(newly_started) {}

Payload WorkflowHandle::await_result(const CallOptions& options) const {
    // From the first run on, so that the result is that of this chain even if the id was used again
    // since.
    const std::string& from = run_id_.empty() ? first_run_id_ : run_id_;
    return client::await_result(
        *service_, {.workflow_id = workflow_id_, .run_id = from, .first_run_id = {}}, options
    );
}

WorkflowDescription WorkflowHandle::describe(const CallOptions& options) const {
    return service_->describe({workflow_id_, run_id_, {}}, timing_of(options));
}

void WorkflowHandle::cancel(std::string_view reason, const CallOptions& options) const {
    service_->cancel({workflow_id_, run_id_, first_run_id_}, reason, timing_of(options));
}

void WorkflowHandle::terminate(std::string_view reason, const CallOptions& options) const {
    service_->terminate({workflow_id_, run_id_, first_run_id_}, reason, timing_of(options));
}

void WorkflowHandle::signal(
    std::string_view name, const Payloads& arguments, const CallOptions& options
) const {
    service_->signal({workflow_id_, run_id_, {}}, name, arguments, timing_of(options));
}

Payload WorkflowHandle::query_payload(
    std::string_view name, const Payloads& arguments, const QueryOptions& options
) const {
    return service_->query(
        {workflow_id_, run_id_, {}}, name, arguments, options.reject_condition, timing_of(options)
    );
}

UpdateHandle WorkflowHandle::start_update(
    std::string_view name, const Payloads& arguments, const UpdateOptions& options
) const {
    const bridge::UpdateCall update{
        .id = options.id.empty() ? bridge::random_uuid() : std::string(options.id),
        .name = std::string(name),
        .arguments = arguments
    };
    client::AcceptedUpdate accepted = client::send_update(
        *service_,
        {workflow_id_, run_id_, first_run_id_},
        update,
        {.timeout = options.timeout, .stop = options.stop}
    );
    return {
        service_, workflow_id_, std::move(accepted.run_id), update.id, std::move(accepted.result)
    };
}

Payload WorkflowHandle::update_payload(
    std::string_view name, const Payloads& arguments, const UpdateOptions& options
) const {
    const client::Deadline deadline(client::Deadline::Clock::now(), options.timeout);
    const UpdateHandle handle = start_update(name, arguments, options);
    CallOptions rest{.timeout = std::nullopt, .stop = options.stop};
    if (options.timeout) {
        rest.timeout = deadline.remaining(client::Deadline::Clock::now(), *options.timeout);
    }
    return handle.result<Payload>(rest);
}

Payload UpdateHandle::await_result(const CallOptions& options) const {
    if (result_) {
        return *result_;
    }
    return client::await_update(*service_, {workflow_id_, run_id_, {}}, id_, options);
}

History WorkflowHandle::fetch_history(const CallOptions& options) const {
    const bridge::Timing timing = timing_of(options);
    const client::Deadline deadline(client::Deadline::Clock::now(), timing.timeout);
    std::string bytes;
    std::string token;
    do {
        const auto remaining = deadline.remaining(client::Deadline::Clock::now(), timing.timeout);
        bridge::HistoryPage page = service_->history(
            {workflow_id_, run_id_, {}}, token, {.timeout = remaining, .stop = timing.stop}
        );
        // Protobuf messages joined end to end are one message with the repeated fields of both.
        bytes += page.history;
        token = std::move(page.next_page_token);
    } while (!token.empty());
    return History::from_binary(std::move(bytes));
}

}  // namespace temporal
