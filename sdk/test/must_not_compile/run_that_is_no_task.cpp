// A workflow whose run is an ordinary function.
#include "temporal/workflow.hpp"

struct Plain {
#ifdef MUST_NOT_COMPILE
    int run(temporal::WorkflowContext ctx);
#else
    temporal::Task<int> run(temporal::WorkflowContext ctx);
#endif
    static constexpr auto definition = temporal::workflow<&Plain::run>("Plain");
};
