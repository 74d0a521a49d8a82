// A client that sends an update which the workflow does not define.
#include "temporal/workflow_handle.hpp"

struct Dial {
    temporal::Task<void> run(temporal::WorkflowContext ctx);
    int set(int value);
    int turn(int value);
    static constexpr auto definition =
        temporal::workflow<&Dial::run>("Dial", temporal::update<"set", &Dial::set>);
};

int send(const temporal::WorkflowHandle& handle) {
#ifdef MUST_NOT_COMPILE
    return handle.update<&Dial::turn>(1);
#else
    return handle.update<&Dial::set>(1);
#endif
}
