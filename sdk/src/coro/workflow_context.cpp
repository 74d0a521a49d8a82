#include "temporal/workflow_context.hpp"

namespace temporal {

Task<bool> WorkflowContext::until_or_timeout(
    WorkflowContext context, std::function<bool()> predicate, Duration timeout
) {
    if (predicate()) {
        co_return true;
    }
    const TimerHandle timer = context.sleep(timeout);
    co_await context.until([&predicate, &timer] { return timer.done() || predicate(); });
    const bool holds = predicate();
    timer.cancel();
    co_return holds;
}

}  // namespace temporal
