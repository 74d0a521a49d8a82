// Workflow code that awaits something whose resumption does not replay.
#include "temporal/workflow.hpp"

#include <coroutine>

struct Foreign {
    static bool await_ready() { return false; }
    static void await_suspend(std::coroutine_handle<> /*awaiting*/) {}
    static void await_resume() {}
};

temporal::Task<void> wait(temporal::WorkflowContext ctx) {
    co_await ctx.sleep(std::chrono::seconds{1});
#ifdef MUST_NOT_COMPILE
    co_await Foreign{};
#endif
}
