// A query handler that could change the workflow.
#include "temporal/workflow.hpp"

struct Counter {
    temporal::Task<void> run(temporal::WorkflowContext ctx);
#ifdef MUST_NOT_COMPILE
    int next() { return ++count; }
#else
    int next() const { return count; }
#endif
    int count = 0;
    static constexpr auto definition =
        temporal::workflow<&Counter::run>("Counter", temporal::query<"next", &Counter::next>);
};
