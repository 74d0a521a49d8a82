// A handler that would hide an answer of the SDK's own.
#include "temporal/workflow.hpp"

struct Counter {
    temporal::Task<void> run(temporal::WorkflowContext ctx);
    int count() const { return 0; }
#ifdef MUST_NOT_COMPILE
    static constexpr auto definition = temporal::workflow<
        &Counter::run>("Counter", temporal::query<"__temporal_workflow_metadata", &Counter::count>);
#else
    static constexpr auto definition =
        temporal::workflow<&Counter::run>("Counter", temporal::query<"_count", &Counter::count>);
#endif
};
