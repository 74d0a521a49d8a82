#include "cli/start_job.hpp"

#include "cli/job_memo.hpp"
#include "contracts/fairness_key.hpp"
#include "temporal/error.hpp"
#include "temporal/start_options.hpp"

#include <ostream>

namespace inference::cli {
namespace {

temporal::StartOptions start_options(const JobStart& start) {
    return {
        .id = start.id,
        .task_queue = std::string(queue_of(start.priority)),
        // Exactly one run for an id: a running job is joined, a finished one is not run again.
        .id_reuse_policy = temporal::WorkflowIdReusePolicy::kRejectDuplicate,
        .id_conflict_policy = temporal::WorkflowIdConflictPolicy::kUseExisting,
        .priority = {.fairness_key = fairness_key(start.client_id)},
        .memo = job_memo(start.model, start.priority),
        .summary = start.summary,
        .details = start.details
    };
}

}  // namespace

temporal::WorkflowHandle start_or_find(const temporal::Client& client, const JobStart& start) {
    try {
        return client.start(start.workflow_type, start.arguments, start_options(start));
    } catch (const temporal::WorkflowAlreadyStarted&) {
        return client.handle(start.id);
    }
}

ExitCode print_id(const std::string& job_id, const Invocation& invocation) {
    if (invocation.json()) {
        invocation.print({{"job_id", job_id}});
    } else {
        invocation.out << job_id << '\n';
    }
    return ExitCode::kDone;
}

}  // namespace inference::cli
