// A validator that could change the workflow, though what it refuses leaves no trace.
#include "temporal/workflow.hpp"

struct Dial {
    temporal::Task<void> run(temporal::WorkflowContext ctx);
    temporal::Task<int> set(int value);
#ifdef MUST_NOT_COMPILE
    void check(int value);
#else
    void check(int value) const;
#endif
    static constexpr auto definition =
        temporal::workflow<&Dial::run>("Dial", temporal::update<"set", &Dial::set, &Dial::check>);
};
