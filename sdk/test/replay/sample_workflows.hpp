/// @file replay/sample_workflows.hpp
/// @brief Workflows whose histories are kept in this folder: run on a real server, replayed without one.
#pragma once

#include "temporal/activity.hpp"
#include "temporal/workflow.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace temporal::samples {

using namespace std::chrono_literals;

inline constexpr Activity<std::string(std::string)> shout{"shout"};
/// Fails with a "Hoarse" ApplicationFailure whatever it is given.
inline constexpr Activity<std::string(std::string)> break_voice{"break_voice"};
/// Ends only when it is cancelled.
inline constexpr Activity<void()> hold_note{"hold_note"};

struct ActivityThenTimer {
    Task<std::string> run(WorkflowContext ctx, std::string text) {
        const std::string loud = co_await shout(ctx, text, {.start_to_close = 10s});
        co_await ctx.sleep(10ms);
        co_return loud + "!";
    }
    static constexpr auto definition = workflow<&ActivityThenTimer::run>("ActivityThenTimer");
};

/// Fails until it is tried the third time.
inline constexpr Activity<std::string(std::string)> stammer{"stammer"};

/// Both activities within its workflow tasks; the waits of the second are timers of the workflow.
struct Locally {
    Task<std::string> run(WorkflowContext ctx, std::string text) {
        const std::string loud = co_await shout.local(ctx, text, {.start_to_close = 10s});
        const LocalActivityOptions patient{
            .start_to_close = 10s,
            .retry = RetryPolicy{.initial_interval = 20ms, .maximum_attempts = 5},
            .local_retry_threshold = 10ms
        };
        co_return co_await stammer.local(ctx, loud, patient);
    }
    static constexpr auto definition = workflow<&Locally::run>("Locally");
};

/// With the change it shouts, before the change it did not.
struct Patched {
    Task<std::string> run(WorkflowContext ctx, std::string text) {
        if (ctx.patched("shout")) {
            text = co_await shout(ctx, text, {.start_to_close = 10s});
        }
        co_await ctx.sleep(10ms);
        co_return text;
    }
    static constexpr auto definition = workflow<&Patched::run>("Patched");
};

/// Collects signals until it is closed, with a timed wait that never ends by itself.
struct Inbox {
    Task<std::vector<std::string>> run(WorkflowContext ctx) {
        const bool in_time = co_await ctx.until([this] { return closed_; }, 1h);
        if (!in_time) {
            throw ApplicationFailure("nobody closed the inbox");
        }
        co_return lines_;
    }
    void say(std::string line) { lines_.push_back(std::move(line)); }
    Task<void> shout_it(WorkflowContext ctx, std::string line) {
        lines_.push_back(co_await shout(ctx, line, {.start_to_close = 10s}));
    }
    void close() { closed_ = true; }
    std::size_t size() const { return lines_.size(); }

private:
    std::vector<std::string> lines_;
    bool closed_ = false;

public:
    static constexpr auto definition = workflow<
        &Inbox::
            run>("Inbox", signal<"say", &Inbox::say>, signal<"shout_it", &Inbox::shout_it>, signal<"close", &Inbox::close>, query<"size", &Inbox::size>);
};

/// Cancelled in its activity, it waits for it to stop, runs another one shielded and ends canceled.
struct CleansUp {
    Task<void> run(WorkflowContext ctx) {
        holding_ = true;
        std::string reason;
        try {
            co_await hold_note(
                ctx,
                {.start_to_close = 1min,
                 .heartbeat = 10s,
                 .cancellation = ActivityCancellationType::kWaitCancellationCompleted}
            );
        } catch (const ActivityFailure& failure) {
            reason = failure.cause()->message();
        }
        cleaned_ = co_await shout(ctx.shielded(), "clean", {.start_to_close = 10s});
        throw CanceledFailure(reason, to_payloads(cleaned_));
    }
    bool holding() const { return holding_; }

private:
    bool holding_ = false;
    std::string cleaned_;

public:
    static constexpr auto definition =
        workflow<&CleansUp::run>("CleansUp", query<"holding", &CleansUp::holding>);
};

struct Countdown {
    Task<int> run(WorkflowContext ctx, int left) {
        co_await ctx.sleep(1ms);
        if (left > 0) {
            ctx.continue_as_new({}, left - 1);
        }
        co_return 42;
    }
    static constexpr auto definition = workflow<&Countdown::run>("Countdown");
};

/// Its activity fails twice and then for good.
struct Hoarse {
    Task<std::string> run(WorkflowContext ctx) {
        co_return co_await break_voice(
            ctx,
            "la",
            {.start_to_close = 10s,
             .retry = RetryPolicy{.initial_interval = 10ms, .maximum_attempts = 3}}
        );
    }
    static constexpr auto definition = workflow<&Hoarse::run>("Hoarse");
};

/// An account that is asked for money until it is closed.
struct Account {
    Task<int> run(WorkflowContext ctx) {
        co_await ctx.until([this, ctx] { return closed_ && ctx.all_handlers_finished(); });
        co_return balance_;
    }
    /// Notes the payment before it takes it.
    Task<int> pay(WorkflowContext ctx, int amount) {
        (void)co_await shout(ctx, "paid", {.start_to_close = 10s});
        co_return balance_ -= amount;
    }
    void check(int amount) const {
        if (amount > balance_) {
            throw ApplicationFailure("not enough money", {.type = "Overdrawn"});
        }
    }
    void close() { closed_ = true; }

private:
    int balance_ = 100;
    bool closed_ = false;

public:
    static constexpr auto definition = workflow<
        &Account::
            run>("Account", update<"pay", &Account::pay, &Account::check>, update<"close", &Account::close>);
};

/// Ends while an update lingers.
struct Hasty {
    Task<void> run(WorkflowContext ctx) {
        co_await ctx.until([this] { return leaves_; });
    }
    Task<void> linger(WorkflowContext ctx) { co_await ctx.sleep(1h); }
    void leave() { leaves_ = true; }

private:
    bool leaves_ = false;

public:
    static constexpr auto definition = workflow<
        &Hasty::run>("Hasty", update<"linger", &Hasty::linger>, signal<"leave", &Hasty::leave>);
};

/// Shows its state outside: by search attributes, its memo and its details.
struct Annotates {
    static constexpr KeywordKey kStage{"SampleStage"};
    static constexpr IntKey kDone{"SampleDone"};

    Task<std::string> run(WorkflowContext ctx) {
        ctx.upsert_search_attributes(SearchAttributes().set(kStage, "shouting").set(kDone, 0));
        ctx.upsert_memo({{"note", to_payload("begun")}, {"gone", to_payload(1)}});
        const std::string loud = co_await shout(ctx, "note", {.start_to_close = 10s});
        ctx.upsert_search_attributes(SearchAttributes().unset(kStage).set(kDone, 1));
        ctx.set_current_details("shouted **" + loud + "**");
        ctx.upsert_memo({{"note", to_payload(loud)}, {"gone", to_payload(std::nullopt)}});
        const auto done = ctx.info().search_attributes.get(kDone);
        co_return std::to_string(done.value_or(-1)) + " " +
            from_payload<std::string>(ctx.info().memo.at("note"));
    }
    static constexpr auto definition = workflow<&Annotates::run>("Annotates");
};

/// Two local activities side by side, all within one workflow task; the slow one is waited for once it was asked to stop.
struct RaceHere {
    Task<std::string> run(WorkflowContext ctx) {
        const CancellationScope scope = ctx.make_scope();
        const auto slow = hold_note.local(ctx.within(scope), {.start_to_close = 1min});
        std::string loud = co_await shout.local(ctx, "fast", {.start_to_close = 10s});
        scope.cancel("lost the race");
        try {
            co_await slow;
        } catch (const ActivityFailure& failure) {
            loud += is_canceled(failure) ? "!" : "?";
        }
        co_return loud;
    }
    static constexpr auto definition = workflow<&RaceHere::run>("RaceHere");
};

/// Two activities side by side; the slow one is cancelled through its scope.
struct Race {
    Task<std::string> run(WorkflowContext ctx) {
        const CancellationScope scope = ctx.make_scope();
        const auto slow = hold_note(ctx.within(scope), {.start_to_close = 1min, .heartbeat = 10s});
        const auto fast = shout(ctx.within(scope), "fast", {.start_to_close = 10s});
        const std::size_t first = co_await when_any(ctx, slow, fast);
        scope.cancel("lost the race");
        if (first == 0) {
            co_return "slow";
        }
        co_return co_await fast;
    }
    static constexpr auto definition = workflow<&Race::run>("Race");
};

}  // namespace temporal::samples
