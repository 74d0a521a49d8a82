// A validator that could not look at what the handler gets.
#include "temporal/workflow.hpp"

#include <string>

struct Dial {
    temporal::Task<void> run(temporal::WorkflowContext ctx);
    int set(temporal::WorkflowContext ctx, int value);
#ifdef MUST_NOT_COMPILE
    void check(std::string value) const;
#else
    void check(const int& value) const;
#endif
    static constexpr auto definition =
        temporal::workflow<&Dial::run>("Dial", temporal::update<"set", &Dial::set, &Dial::check>);
};
