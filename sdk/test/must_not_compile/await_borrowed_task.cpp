// A task that is awaited without being moved in: its frame could be gone before it ends.
#include "temporal/workflow.hpp"

#include <utility>

temporal::Task<int> one() {
    co_return 1;
}

temporal::Task<int> borrow() {
    temporal::Task<int> task = one();
#ifdef MUST_NOT_COMPILE
    co_return co_await task;
#else
    co_return co_await std::move(task);
#endif
}
