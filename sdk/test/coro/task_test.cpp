#include "temporal/task.hpp"

#include "temporal/cancellation_scope.hpp"
#include "temporal/detail/operation.hpp"
#include "temporal/detail/scheduler.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace temporal {
namespace {

using Log = std::vector<std::string>;

/// An operation as workflow code awaits it.
struct Answer : detail::WorkflowAwaitableTag {
    explicit Answer(detail::OperationPtr operation) : operation(std::move(operation)) {}
    auto operator co_await() const {
        struct Awaiter : detail::OperationAwaiter {
            using OperationAwaiter::OperationAwaiter;
            std::string await_resume() const { return operation().get().data; }
        };
        return Awaiter(operation);
    }
    detail::OperationPtr operation;
};

detail::OperationPtr make_operation(detail::Scheduler& scheduler) {
    return std::make_shared<detail::Operation>(scheduler);
}

Payload text(std::string data) {
    return Payload{.metadata = {}, .data = std::move(data)};
}

Task<int> leaf(int value) {
    co_return value;
}

Task<int> throwing() {
    throw std::runtime_error("thrown below");
    co_return 0;
}

Task<void> write_answer(Answer answer, Log* log) {
    log->push_back(co_await answer);
}

Task<void> run_function(std::function<Task<void>()> body) {
    co_await body();
}

TEST(Task, DoesNotStartBeforeItIsAwaited) {
    detail::Scheduler scheduler;
    Log log;
    const auto body = [&]() -> Task<void> {
        Task<int> later = leaf(3);
        log.emplace_back("made");
        log.push_back(std::to_string(co_await std::move(later)));
    };

    const RootTask root(run_function(body), scheduler);
    EXPECT_TRUE(log.empty());
    scheduler.run();

    EXPECT_TRUE(root.done());
    EXPECT_EQ(log, (Log{"made", "3"}));
}

TEST(Task, AnExceptionReachesTheAwaitingCoroutine) {
    detail::Scheduler scheduler;
    std::string caught;
    const auto body = [&]() -> Task<void> {
        try {
            co_await throwing();
        } catch (const std::runtime_error& error) {
            caught = error.what();
        }
    };

    const RootTask root(run_function(body), scheduler);
    scheduler.run();

    EXPECT_EQ(caught, "thrown below");
}

TEST(Task, AMillionAwaitsDoNotGrowTheStack) {
    detail::Scheduler scheduler;
    long sum = 0;
    const auto body = [&]() -> Task<void> {
        for (int i = 0; i < 1'000'000; ++i) {
            sum += co_await leaf(1);
        }
    };

    const RootTask root(run_function(body), scheduler);
    scheduler.run();

    EXPECT_EQ(sum, 1'000'000);
}

Task<int> depth(int left) {
    if (left == 0) {
        co_return 0;
    }
    co_return 1 + co_await depth(left - 1);
}

TEST(Task, ADeepChainOfTasksDoesNotGrowTheStack) {
    detail::Scheduler scheduler;
    int reached = 0;
    const auto body = [&]() -> Task<void> { reached = co_await depth(20'000); };

    const RootTask root(run_function(body), scheduler);
    scheduler.run();

    EXPECT_EQ(reached, 20'000);
}

TEST(Scheduler, WaitersRunInTheOrderOfTheAnswersAndNotOfTheQuestions) {
    detail::Scheduler scheduler;
    Log log;
    const auto first = make_operation(scheduler);
    const auto second = make_operation(scheduler);
    const RootTask one(write_answer(Answer(first), &log), scheduler);
    const RootTask two(write_answer(Answer(second), &log), scheduler);
    scheduler.run();

    second->resolve(text("second"));
    first->resolve(text("first"));
    scheduler.run();

    EXPECT_EQ(log, (Log{"second", "first"}));
}

TEST(Scheduler, ClearForgetsEverythingSoThatFramesCanBeDestroyedSuspended) {
    detail::Scheduler scheduler;
    Log log;
    const auto answer = make_operation(scheduler);
    {
        const RootTask root(write_answer(Answer(answer), &log), scheduler);
        scheduler.run();
        answer->resolve(text("too late"));
        scheduler.clear();
    }
    scheduler.run();

    EXPECT_TRUE(log.empty());
}

TEST(Operation, TheFirstOutcomeStands) {
    detail::Scheduler scheduler;
    const auto operation = make_operation(scheduler);

    operation->resolve(text("first"));
    operation->resolve(text("second"));

    EXPECT_EQ(operation->get().data, "first");
}

TEST(Operation, AFailureIsThrownWithItsOwnType) {
    detail::Scheduler scheduler;
    const auto operation = make_operation(scheduler);

    operation->resolve(std::make_shared<const CanceledFailure>("stop"));

    EXPECT_THROW((void)operation->get(), CanceledFailure);
}

TEST(Operation, CancelAsksOnceAndNeverAfterTheAnswer) {
    detail::Scheduler scheduler;
    int asked = 0;
    const auto open = make_operation(scheduler);
    const auto answered = make_operation(scheduler);
    open->on_cancel([&] { ++asked; });
    answered->on_cancel([&] { asked += 10; });
    answered->resolve(Payload{});

    open->cancel();
    open->cancel();
    answered->cancel();

    EXPECT_EQ(asked, 1);
}

TEST(Scope, CancelAsksOperationsInTheOrderOfTheirStartThenChildrenInTheOrderOfTheirMaking) {
    detail::Scheduler scheduler;
    Log log;
    auto root = std::make_shared<detail::Scope>();
    const auto first_child = root->make_child();
    const auto second_child = root->make_child();
    std::vector<detail::OperationPtr> kept;
    const auto add = [&](const detail::ScopePtr& scope, const std::string& name) {
        kept.push_back(make_operation(scheduler));
        kept.back()->on_cancel([&log, name] { log.push_back(name); });
        scope->add(kept.back());
    };
    add(second_child, "second child");
    add(first_child, "first child");
    add(root, "root one");
    add(root, "root two");

    root->cancel("enough");

    EXPECT_EQ(log, (Log{"root one", "root two", "first child", "second child"}));
    EXPECT_EQ(second_child->reason(), "enough");
}

TEST(Scope, AChildOfACanceledScopeIsBornCanceled) {
    detail::Scope scope;
    scope.cancel("over");

    EXPECT_TRUE(scope.make_child()->canceled());
}

TEST(Scope, AThousandAnsweredOperationsLeaveNoTraceBehind) {
    detail::Scheduler scheduler;
    detail::Scope scope;
    int asked = 0;
    for (int i = 0; i < 1000; ++i) {
        const auto operation = make_operation(scheduler);
        operation->on_cancel([&] { ++asked; });
        scope.add(operation);
        operation->resolve(Payload{});
    }

    scope.cancel("over");

    EXPECT_EQ(asked, 0);
}

}  // namespace
}  // namespace temporal
