// A signal handler whose value nobody would ever see.
#include "temporal/workflow.hpp"

struct Chat {
    temporal::Task<void> run(temporal::WorkflowContext ctx);
#ifdef MUST_NOT_COMPILE
    int say(int line);
#else
    void say(int line);
#endif
    static constexpr auto definition =
        temporal::workflow<&Chat::run>("Chat", temporal::signal<"say", &Chat::say>);
};
