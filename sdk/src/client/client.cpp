#include "temporal/client.hpp"

#include "bridge/connection.hpp"
#include "bridge/workflow_service.hpp"
#include "client/deadline.hpp"
#include "client/timing.hpp"

#include <algorithm>

namespace temporal {

using client::timing_of;

Client Client::connect(
    const ConnectOptions& options, const Runtime& runtime, std::stop_token stop
) {
    ConnectOptions named = options;
    if (named.identity.empty()) {
        named.identity = bridge::default_identity();
    }
    auto connection = bridge::Connection::connect(runtime.bridge(), named, std::move(stop));
    auto service = std::make_shared<const bridge::WorkflowService>(
        std::move(connection), std::move(named.namespace_name), std::move(named.identity)
    );
    return {std::move(service), std::move(named.address)};
}

Client::Client(std::shared_ptr<const bridge::WorkflowService> service, std::string address)
    : service_(std::move(service)), address_(std::move(address)) {}

WorkflowHandle Client::start(
    std::string_view workflow_type,
    const Payloads& arguments,
    const StartOptions& options,
    const CallOptions& call
) const {
    bridge::StartReply reply = service_->start(workflow_type, arguments, options, timing_of(call));
    // Not bound to the run: a signal or a query after a continuation must reach the run that is
    // live then.
    return {service_, options.id, /*run_id=*/{}, std::move(reply.first_run_id), reply.started};
}

WorkflowHandle Client::handle(std::string workflow_id, std::string run_id) const {
    return {
        service_,
        std::move(workflow_id),
        std::move(run_id),
        /*first_run_id=*/{},
        /*newly_started=*/false
    };
}

void Client::list(
    std::string_view query,
    const std::function<bool(const WorkflowExecution&)>& visit,
    const ListOptions& list,
    const CallOptions& call
) const {
    const bridge::Timing timing = timing_of(call);
    const client::Deadline deadline(client::Deadline::Clock::now(), timing.timeout);
    std::size_t left = list.limit == 0 ? static_cast<std::size_t>(-1) : list.limit;
    std::string token;
    do {
        const auto remaining = deadline.remaining(client::Deadline::Clock::now(), timing.timeout);
        bridge::ListPage page = service_->list(
            query,
            std::min(left, list.page_size),
            token,
            {.timeout = remaining, .stop = timing.stop}
        );
        for (const WorkflowExecution& execution : page.executions) {
            if (!visit(execution) || --left == 0) {
                return;
            }
        }
        token = std::move(page.next_page_token);
    } while (!token.empty());
}

std::vector<WorkflowExecution> Client::list(
    std::string_view query, const ListOptions& list, const CallOptions& call
) const {
    std::vector<WorkflowExecution> found;
    this->list(
        query,
        [&found](const WorkflowExecution& execution) {
            found.push_back(execution);
            return true;
        },
        list,
        call
    );
    return found;
}

std::int64_t Client::count(std::string_view query, const CallOptions& call) const {
    return service_->count(query, timing_of(call));
}

TaskQueueDescription Client::describe_task_queue(
    std::string_view name, TaskQueueKind kind, const CallOptions& call
) const {
    return service_->describe_task_queue(name, kind, timing_of(call));
}

NamespaceDescription Client::describe_namespace(const CallOptions& call) const {
    return service_->describe_namespace(timing_of(call));
}

SearchAttributeTypes Client::search_attributes(const CallOptions& call) const {
    return service_->search_attributes(timing_of(call));
}

void Client::add_search_attributes(const SearchAttributeTypes& types, const CallOptions& call)
    const {
    service_->add_search_attributes(types, timing_of(call));
}

ServerInfo Client::check_health(const CallOptions& call) const {
    return service_->server_info(timing_of(call));
}

const std::string& Client::namespace_name() const noexcept {
    return service_->namespace_name();
}

const std::string& Client::identity() const noexcept {
    return service_->identity();
}

const std::shared_ptr<bridge::Connection>& Client::connection() const noexcept {
    return service_->connection();
}

}  // namespace temporal
