#include "workflow/instance.hpp"

#include "temporal/activity.hpp"
#include "temporal/workflow.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace temporal::workflows {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

inline constexpr Activity<std::string(std::string)> kShout{"shout"};

/// What the bridge does with an exception that is no Failure, without the bridge.
FailurePtr describe(const std::exception_ptr& exception) {
    try {
        std::rethrow_exception(exception);
    } catch (const Failure& failure) {
        return failure.clone();
    } catch (const std::exception& error) {
        return std::make_shared<const ApplicationFailure>(error.what());
    }
}

/// Drives one run with literal activations.
template <class W>
class Live {
public:
    Live() : instance_(std::make_unique<Instance>(detail::workflow_type<W>(), describe)) {}

    std::vector<Command> start(Payloads arguments = {}, std::vector<Job> more = {}) {
        std::vector<Job> jobs;
        jobs.emplace_back(InitializeWorkflow{
            .info =
                {.workflow_id = "w", .run_id = "r", .workflow_type = "W", .task_queue = "queue"},
            .arguments = std::move(arguments),
            .headers = {},
            .randomness_seed = 11
        });
        for (Job& job : more) {
            jobs.push_back(std::move(job));
        }
        return commands(std::move(jobs));
    }

    template <class... Jobs>
    std::vector<Command> step(Jobs... jobs) {
        std::vector<Job> list;
        (list.emplace_back(std::move(jobs)), ...);
        return commands(std::move(list));
    }

    template <class... Jobs>
    ActivationFailed failing_step(Jobs... jobs) {
        std::vector<Job> list;
        (list.emplace_back(std::move(jobs)), ...);
        return std::get<ActivationFailed>(activate(std::move(list)).status);
    }

    void evict() { instance_.reset(); }
    /// From now on the activations are of history.
    void replay() { is_replaying_ = true; }

private:
    std::vector<Command> commands(std::vector<Job> jobs) {
        Completion completion = activate(std::move(jobs));
        if (const auto* failed = std::get_if<ActivationFailed>(&completion.status)) {
            ADD_FAILURE() << "the workflow task failed: " << failed->failure->message();
            return {};
        }
        return std::get<ActivationSucceeded>(std::move(completion.status)).commands;
    }

    Completion activate(std::vector<Job> jobs) {
        Activation activation{.run_id = "r"};
        activation.is_replaying = is_replaying_;
        activation.timestamp =
            std::chrono::system_clock::time_point{std::chrono::seconds{1000 + turn_++}};
        activation.jobs = std::move(jobs);
        return instance_->activate(std::move(activation));
    }

    std::unique_ptr<Instance> instance_;
    int turn_ = 0;
    bool is_replaying_ = false;
};

template <class Wanted>
Wanted only(const std::vector<Command>& commands) {
    EXPECT_THAT(commands, SizeIs(1));
    if (commands.size() != 1 || !std::holds_alternative<Wanted>(commands[0])) {
        ADD_FAILURE() << "not the one command that was expected";
        return {};
    }
    return std::get<Wanted>(commands[0]);
}

ResolveActivity completed(Seq seq, const std::string& result) {
    return {.seq = seq, .result = ActivityCompleted{to_payload(result)}};
}

ResolveActivity failed(Seq seq, const std::string& message) {
    return {
        .seq = seq,
        .result = ActivityFailed{std::make_shared<const ActivityFailure>(
            "activity failed",
            ActivityFailure::Info{},
            std::make_shared<const ApplicationFailure>(message)
        )}
    };
}

std::string result_of(const std::vector<Command>& commands) {
    return from_payload<std::string>(only<CompleteWorkflowExecution>(commands).result);
}

/// One activity, then a timer.
struct ShoutThenWait {
    Task<std::string> run(WorkflowContext ctx, std::string text) {
        const std::string loud = co_await kShout(ctx, text, {.start_to_close = 30s});
        co_await ctx.sleep(5s);
        co_return loud + "!";
    }
    static constexpr auto definition = workflow<&ShoutThenWait::run>("ShoutThenWait");
};

TEST(Instance, AnActivityAndATimerRunToTheResult) {
    Live<ShoutThenWait> run;

    const auto scheduled = only<ScheduleActivity>(run.start(to_payloads(std::string("hello"))));
    EXPECT_EQ(scheduled.activity_type, "shout");
    EXPECT_EQ(scheduled.task_queue, "queue");
    EXPECT_EQ(scheduled.start_to_close, 30s);
    EXPECT_EQ(from_payload<std::string>(scheduled.arguments.at(0)), "hello");

    EXPECT_EQ(only<StartTimer>(run.step(completed(1, "HELLO"))).duration, 5s);
    EXPECT_EQ(result_of(run.step(FireTimer{1})), "HELLO!");
}

/// Notes of itself what it does.
struct Annotated {
    static constexpr KeywordKey kStage{"Stage"};
    static constexpr IntKey kDone{"Done"};

    Task<std::string> run(WorkflowContext ctx) {
        ctx.upsert_search_attributes(SearchAttributes().set(kStage, "first").set(kDone, 1));
        ctx.upsert_memo({{"note", to_payload("begun")}});
        ctx.upsert_search_attributes(SearchAttributes().set(kDone, 2).unset(kStage));
        const SearchAttributes& now = ctx.info().search_attributes;
        co_return std::to_string(now.get(kDone).value()) + (now.get(kStage) ? " staged" : "") +
            " " + from_payload<std::string>(ctx.info().memo.at("note"));
    }
    static constexpr auto definition = workflow<&Annotated::run>("Annotated");
};

TEST(Instance, WhatWasUpsertedIsACommandAndShowsInInfoAtOnce) {
    Live<Annotated> run;

    const auto commands = run.start();

    ASSERT_THAT(commands, SizeIs(4));
    EXPECT_THAT(std::get<UpsertSearchAttributes>(commands[0]).fields, SizeIs(2));
    EXPECT_THAT(std::get<UpsertMemo>(commands[1]).fields, SizeIs(1));
    EXPECT_THAT(std::get<UpsertSearchAttributes>(commands[2]).fields, SizeIs(2));
    EXPECT_EQ(
        from_payload<std::string>(std::get<CompleteWorkflowExecution>(commands[3]).result),
        "2 begun"
    );
}

/// Continues as another, after it has noted something or not.
struct GoesOn {
    Task<void> run(WorkflowContext ctx, bool annotates) {
        if (annotates) {
            ctx.upsert_search_attributes(SearchAttributes().set(Annotated::kDone, 1));
            ctx.upsert_memo({{"note", to_payload("begun")}});
        }
        ctx.continue_as_new({}, annotates);
        co_return;
    }
    static constexpr auto definition = workflow<&GoesOn::run>("GoesOn");
};

TEST(Instance, TheNextRunInheritsWhatWasUpsertedInTheSameTask) {
    Live<GoesOn> run;
    const auto commands = run.start(to_payloads(true));

    const auto& next = std::get<ContinueAsNewWorkflowExecution>(commands.back());
    EXPECT_THAT(next.search_attributes.value(), SizeIs(1));
    EXPECT_THAT(next.memo, SizeIs(1));

    Live<GoesOn> plain;
    const auto inherits = only<ContinueAsNewWorkflowExecution>(plain.start(to_payloads(false)));
    EXPECT_EQ(inherits.search_attributes, std::nullopt) << "core takes what the history has";
}

/// Says what it does, in words that it makes when they are asked for.
struct Talkative {
    Task<void> run(WorkflowContext ctx) {
        ctx.set_current_details([this] { return "**" + std::to_string(++asked_) + "** asked"; });
        const auto shouting = kShout(ctx, "hello", {.start_to_close = 30s});
        const TimerHandle timer = ctx.sleep(1h, "a long pause");
        co_await ctx.until([this] { return done_; });
        ctx.set_current_details("done");
        timer.cancel();
        co_await ctx.sleep(1s);
        co_return;
    }
    void finish() { done_ = true; }
    int asked() const { return asked_; }

private:
    int asked_ = 0;
    bool done_ = false;

public:
    static constexpr auto definition = workflow<
        &Talkative::
            run>("Talkative", signal<"finish", &Talkative::finish, "Ends the pause.">, query<"asked", &Talkative::asked>);
};

nlohmann::json answer_to(Live<Talkative>& run, const std::string& query) {
    const auto answer = only<RespondToQuery>(run.step(QueryWorkflow{.id = "q", .type = query}));
    return nlohmann::json::parse(std::get<Payload>(answer.result).data);
}

TEST(Instance, TheMetadataQueryTellsTheHandlersAndTheDetailsOfNow) {
    Live<Talkative> run;
    run.start();

    const auto metadata = answer_to(run, "__temporal_workflow_metadata");

    const auto& definition = metadata.at("definition");
    EXPECT_EQ(definition.at("type"), "Talkative");
    EXPECT_EQ(
        definition.at("signalDefinitions"),
        nlohmann::json::parse(R"([{"name":"finish","description":"Ends the pause."}])")
    );
    EXPECT_THAT(definition.at("queryDefinitions"), SizeIs(3));
    EXPECT_EQ(definition.at("queryDefinitions").back().at("name"), "asked");
    EXPECT_EQ(metadata.at("currentDetails"), "**1** asked");
    EXPECT_EQ(answer_to(run, "__temporal_workflow_metadata").at("currentDetails"), "**2** asked")
        << "made anew each time";

    run.step(SignalWorkflow{.name = "finish", .input = {}, .identity = {}, .headers = {}});
    EXPECT_EQ(answer_to(run, "__temporal_workflow_metadata").at("currentDetails"), "done");
}

TEST(Instance, TheStackTraceIsWhatTheRunWaitsFor) {
    Live<Talkative> run;
    run.start();

    EXPECT_EQ(
        answer_to(run, "__stack_trace"),
        "waits for\nactivity 1: shout\ntimer 1: a long pause\n1 condition\n"
    );
    run.step(SignalWorkflow{.name = "finish", .input = {}, .identity = {}, .headers = {}});
    EXPECT_EQ(answer_to(run, "__stack_trace"), "waits for\nactivity 1: shout\ntimer 2\n");
}

/// Tries to act while it is looked at.
struct Meddler {
    Task<void> run(WorkflowContext ctx) {
        ctx.set_current_details([ctx] {
            (void)ctx.sleep(1s);
            return std::string("slept");
        });
        co_await ctx.sleep(1h);
    }
    static constexpr auto definition = workflow<&Meddler::run>("Meddler");
};

TEST(Instance, DetailsThatChangeTheWorkflowAreAFailedQueryAndNoMore) {
    Live<Meddler> run;
    run.start();

    const auto answer = only<RespondToQuery>(
        run.step(QueryWorkflow{.id = "q", .type = "__temporal_workflow_metadata"})
    );

    EXPECT_THAT(std::get<FailurePtr>(answer.result)->message(), HasSubstr("may only read"));
}

/// A counter that clients may set within limits, until it is told to stop.
struct Dial {
    Task<int> run(WorkflowContext ctx) {
        co_await ctx.until([this, ctx] {
            return stopped_ && (hasty_ || ctx.all_handlers_finished());
        });
        co_return value_;
    }
    int set(int value) { return std::exchange(value_, value); }
    void check(int value) const {
        if (value > 10) {
            throw ApplicationFailure("at most 10", {.type = "TooHigh"});
        }
    }
    Task<std::string> shout(WorkflowContext ctx, std::string text) {
        std::string loud = co_await kShout(ctx, text, {.start_to_close = 30s});
        if (loud == "AH") {
            throw std::logic_error("no Failure");
        }
        co_return loud;
    }
    void meddle() const {
        if (ctx_ != nullptr) {
            (void)ctx_->sleep(1s);
        }
    }
    void lend(WorkflowContext ctx) { ctx_ = std::make_shared<WorkflowContext>(std::move(ctx)); }
    void idle() {}
    void stop() { stopped_ = true; }
    void stop_hastily() { stopped_ = hasty_ = true; }

private:
    int value_ = 0;
    bool stopped_ = false;
    bool hasty_ = false;
    std::shared_ptr<WorkflowContext> ctx_;

public:
    static constexpr auto definition = workflow<
        &Dial::
            run>("Dial", update<"set", &Dial::set, &Dial::check, "Turns it.">, update<"shout", &Dial::shout>, update<"idle", &Dial::idle, &Dial::meddle>, signal<"lend", &Dial::lend>, signal<"stop", &Dial::stop>, signal<"stop_hastily", &Dial::stop_hastily>);
};

DoUpdate update_named(const std::string& name, Payloads input = {}, bool validates = true) {
    return {
        .id = name,
        .protocol_instance_id = name + "/1",
        .name = name,
        .input = std::move(input),
        .headers = {},
        .run_validator = validates
    };
}

SignalWorkflow signaled(const std::string& name) {
    return {.name = name, .input = {}, .identity = {}, .headers = {}};
}

TEST(Instance, AnUpdateIsAcceptedCarriedOutAndAnsweredWithTheFirstTask) {
    Live<Dial> run;

    const auto commands = run.start({}, {update_named("set", to_payloads(7))});

    ASSERT_THAT(commands, SizeIs(2));
    EXPECT_EQ(std::get<AcceptUpdate>(commands[0]).protocol_instance_id, "set/1");
    EXPECT_EQ(from_payload<int>(std::get<CompleteUpdate>(commands[1]).result), 0);
    const auto again = run.step(update_named("set", to_payloads(8)));
    EXPECT_EQ(from_payload<int>(std::get<CompleteUpdate>(again.at(1)).result), 7);
}

TEST(Instance, AnUpdateThatIsNotWelcomeIsRejectedAndLeavesNothing) {
    Live<Dial> run;
    run.start();

    const auto high = only<RejectUpdate>(run.step(update_named("set", to_payloads(11))));
    EXPECT_EQ(dynamic_cast<const ApplicationFailure&>(*high.failure).type(), "TooHigh");
    const auto unknown = only<RejectUpdate>(run.step(update_named("turn")));
    EXPECT_EQ(unknown.failure->message(), "workflow 'Dial' has no update 'turn'");
    const auto garbled = only<RejectUpdate>(run.step(update_named("set", to_payloads("x"))));
    EXPECT_THAT(garbled.failure->message(), HasSubstr("cannot read"));

    EXPECT_EQ(
        from_payload<int>(only<CompleteWorkflowExecution>(run.step(signaled("stop"))).result), 0
    );
}

TEST(Instance, WhatTheHistoryHasIsNotValidatedAgain) {
    Live<Dial> run;
    run.replay();

    const auto commands = run.start({}, {update_named("set", to_payloads(11), false)});

    EXPECT_THAT(commands, SizeIs(2));
}

TEST(Instance, AnUpdateMayTakeItsTimeAndTheRunWaitsForIt) {
    Live<Dial> run;
    run.start();
    const auto begun = run.step(update_named("shout", to_payloads("hello")));
    ASSERT_THAT(begun, SizeIs(2));
    EXPECT_TRUE(std::holds_alternative<AcceptUpdate>(begun[0])) << "ahead of what the handler does";
    EXPECT_THAT(run.step(signaled("stop")), IsEmpty());

    const auto ended = run.step(completed(1, "HELLO"));

    ASSERT_THAT(ended, SizeIs(2));
    EXPECT_EQ(from_payload<std::string>(std::get<CompleteUpdate>(ended[0]).result), "HELLO");
    EXPECT_TRUE(std::holds_alternative<CompleteWorkflowExecution>(ended[1]));
}

TEST(Instance, AFailureOfAnUpdateIsItsOwnAndAnyOtherExceptionFailsTheTask) {
    Live<Dial> run;
    run.start();
    run.step(update_named("shout", to_payloads("hello")));

    const auto refused = only<RejectUpdate>(run.step(failed(1, "hoarse")));
    EXPECT_EQ(refused.failure->cause()->message(), "hoarse");

    run.step(update_named("shout", to_payloads("ah")));
    EXPECT_EQ(run.failing_step(completed(2, "AH")).failure->message(), "no Failure");
}

TEST(Instance, AValidatorThatActsFailsTheTask) {
    Live<Dial> run;
    run.start();
    run.step(signaled("lend"));

    EXPECT_THAT(
        run.failing_step(update_named("idle")).failure->message(), HasSubstr("may only read")
    );
}

TEST(Instance, WhatTheEndLeavesUnfinishedIsNamed) {
    Instance dial(detail::workflow_type<Dial>(), describe);
    const auto step = [&dial](std::vector<Job> jobs) {
        Activation activation{.run_id = "r"};
        activation.jobs = std::move(jobs);
        return dial.activate(std::move(activation));
    };
    std::vector<Job> first;
    first.emplace_back(InitializeWorkflow{});
    first.emplace_back(update_named("shout", to_payloads("hello")));
    EXPECT_EQ(dial.unfinished_handlers(step(std::move(first))), "") << "it goes on";
    std::vector<Job> last;
    last.emplace_back(signaled("stop_hastily"));

    EXPECT_EQ(dial.unfinished_handlers(step(std::move(last))), "update 'shout' (shout)");
}

TEST(Instance, AFailedActivityThatNobodyCatchesFailsTheWorkflowWithItsCause) {
    Live<ShoutThenWait> run;
    run.start(to_payloads(std::string("hello")));

    const auto end = only<FailWorkflowExecution>(run.step(failed(1, "hoarse")));

    EXPECT_NE(dynamic_cast<const ActivityFailure*>(end.failure.get()), nullptr);
    EXPECT_EQ(end.failure->cause()->message(), "hoarse");
}

/// One local activity, tried again for as long as it takes.
struct ShoutHere {
    Task<std::string> run(WorkflowContext ctx) {
        const LocalActivityOptions options{
            .start_to_close = 2s,
            .retry = RetryPolicy{.maximum_attempts = 5},
            .local_retry_threshold = 10s
        };
        try {
            co_return co_await kShout.local(ctx, "hello", options);
        } catch (const CanceledFailure& canceled) {
            co_return canceled.message();
        }
    }
    static constexpr auto definition = workflow<&ShoutHere::run>("ShoutHere");
};

ResolveActivity backs_off(Seq seq, std::uint32_t attempt) {
    return {
        .seq = seq,
        .result =
            ActivityBackoff{
                .attempt = attempt,
                .duration = 20s,
                .original_schedule_time = std::chrono::system_clock::time_point{1000s}
            }
    };
}

TEST(Instance, ALocalActivityRunsToItsResult) {
    Live<ShoutHere> run;

    const auto scheduled = only<ScheduleLocalActivity>(run.start());
    EXPECT_EQ(scheduled.activity_type, "shout");
    EXPECT_EQ(scheduled.attempt, 1U);
    EXPECT_EQ(scheduled.start_to_close, 2s);
    EXPECT_EQ(scheduled.local_retry_threshold, 10s);
    EXPECT_EQ(scheduled.retry_policy->maximum_attempts, 5);
    EXPECT_EQ(from_payload<std::string>(scheduled.arguments.at(0)), "hello");

    EXPECT_EQ(result_of(run.step(completed(1, "HELLO"))), "HELLO");
}

TEST(Instance, ALocalActivityThatBacksOffIsScheduledAnewAfterATimer) {
    Live<ShoutHere> run;
    run.start();

    EXPECT_EQ(only<StartTimer>(run.step(backs_off(1, 4))).duration, 20s);
    const auto again = only<ScheduleLocalActivity>(run.step(FireTimer{1}));

    EXPECT_EQ(again.seq, 2U);
    EXPECT_EQ(again.attempt, 4U);
    EXPECT_EQ(again.original_schedule_time, std::chrono::system_clock::time_point{1000s});
    EXPECT_EQ(from_payload<std::string>(again.arguments.at(0)), "hello");
    EXPECT_EQ(result_of(run.step(completed(2, "HELLO"))), "HELLO");
}

TEST(Instance, ACancelDuringTheBackoffEndsItsTimerAndTheCall) {
    Live<ShoutHere> run;
    run.start();
    run.step(backs_off(1, 2));

    const auto commands = run.step(CancelWorkflow{"enough"});

    ASSERT_THAT(commands, SizeIs(2));
    EXPECT_EQ(std::get<CancelTimer>(commands[0]).seq, 1U);
    EXPECT_EQ(
        from_payload<std::string>(std::get<CompleteWorkflowExecution>(commands[1]).result), "enough"
    );
}

TEST(Instance, ACancelAfterTheBackoffReachesTheNewAttempt) {
    Live<ShoutHere> run;
    run.start();
    run.step(backs_off(1, 2));
    run.step(FireTimer{1});

    EXPECT_EQ(only<RequestCancelLocalActivity>(run.step(CancelWorkflow{"enough"})).seq, 2U);
}

TEST(Instance, ARemoteActivityThatIsToBackOffIsAProtocolError) {
    Live<ShoutThenWait> run;
    run.start(to_payloads(std::string("hello")));

    EXPECT_THAT(
        run.failing_step(backs_off(1, 2)).failure->message(), HasSubstr("which is no local one")
    );
}

/// Asks twice for a change and once for a choice.
struct Changed {
    Task<std::string> run(WorkflowContext ctx, bool preferred) {
        std::string answers = ctx.patched("change") ? "new" : "old";
        answers += ctx.patched("change") ? " new" : " old";
        answers += ctx.decide("choice", preferred) ? " yes" : " no";
        co_await ctx.sleep(1s);
        answers += ctx.decide("choice", !preferred) ? " yes" : " no";
        co_return answers;
    }
    static constexpr auto definition = workflow<&Changed::run>("Changed");
};

TEST(Instance, ARunThatFirstComesToAChangeHasItAndLeavesOneMarker) {
    Live<Changed> run;

    const auto commands = run.start(to_payloads(true));

    ASSERT_THAT(commands, SizeIs(3));
    EXPECT_EQ(std::get<SetPatchMarker>(commands[0]).patch_id, "change");
    EXPECT_EQ(std::get<SetPatchMarker>(commands[1]).patch_id, "choice");
    EXPECT_EQ(result_of(run.step(FireTimer{1})), "new new yes yes");
}

TEST(Instance, AChoiceThatIsDeclinedLeavesNoMarkerAndStays) {
    Live<Changed> run;

    EXPECT_THAT(run.start(to_payloads(false)), SizeIs(2));
    EXPECT_EQ(result_of(run.step(FireTimer{1})), "new new no no");
}

TEST(Instance, AReplayHasTheChangesOfItsHistoryAndNoOthers) {
    Live<Changed> without;
    without.replay();
    EXPECT_THAT(without.start(to_payloads(true)), SizeIs(1));
    EXPECT_EQ(result_of(without.step(FireTimer{1})), "old old no no");

    Live<Changed> with;
    with.replay();
    with.start(to_payloads(false), {NotifyHasPatch{"choice"}});
    EXPECT_EQ(result_of(with.step(FireTimer{1})), "old old yes yes");
}

TEST(Instance, AnArgumentThatCannotBeDecodedFailsTheTaskAndNotTheWorkflow) {
    Live<ShoutThenWait> run;

    const auto failure =
        run.failing_step(InitializeWorkflow{.info = {}, .arguments = to_payloads(17), .headers = {}}
        );

    EXPECT_THAT(failure.failure->message(), HasSubstr("json/plain"));
}

TEST(Instance, AnAnswerThatNobodyAskedForFailsTheTask) {
    Live<ShoutThenWait> run;
    run.start(to_payloads(std::string("hello")));

    EXPECT_THAT(run.failing_step(FireTimer{7}).failure->message(), HasSubstr("timer 7"));
}

struct ThrowsForeign {
    Task<void> run(WorkflowContext ctx) {
        co_await ctx.sleep(1s);
        throw std::out_of_range("a bug");
    }
    static constexpr auto definition = workflow<&ThrowsForeign::run>("ThrowsForeign");
};

TEST(Instance, AnExceptionThatIsNoFailureFailsTheTaskSoThatAFixCanBeDeployed) {
    Live<ThrowsForeign> run;
    run.start();

    EXPECT_EQ(run.failing_step(FireTimer{1}).failure->message(), "a bug");
}

/// Collects signals until told to stop.
struct Inbox {
    Task<std::vector<std::string>> run(WorkflowContext ctx) {
        lines.emplace_back("main");
        co_await ctx.until([this] { return closed; });
        co_return lines;
    }
    void say(std::string line) { lines.push_back(std::move(line)); }
    Task<void> say_later(WorkflowContext ctx, std::string line) {
        co_await ctx.sleep(1s);
        lines.push_back(std::move(line));
    }
    void close() { closed = true; }
    std::size_t count(std::size_t offset) const { return lines.size() + offset; }
    std::string broken() const { throw ApplicationFailure("no answer"); }

    std::vector<std::string> lines;
    bool closed = false;

    static constexpr auto definition = workflow<
        &Inbox::
            run>("Inbox", signal<"say", &Inbox::say>, signal<"say_later", &Inbox::say_later>, signal<"close", &Inbox::close>, query<"count", &Inbox::count>, query<"broken", &Inbox::broken>);
};

SignalWorkflow signal_of(const std::string& name, Payloads input = {}) {
    return {.name = name, .input = std::move(input), .identity = "", .headers = {}};
}

TEST(Instance, SignalsThatCameWithTheStartAreHandledBeforeMain) {
    Live<Inbox> run;

    const auto commands =
        run.start({}, {signal_of("say", to_payloads(std::string("early"))), signal_of("close")});

    const auto lines =
        from_payload<std::vector<std::string>>(only<CompleteWorkflowExecution>(commands).result);
    EXPECT_THAT(lines, ElementsAre("early", "main"));
}

TEST(Instance, ASignalHandlerMayWaitWhileOthersAreHandled) {
    Live<Inbox> run;
    run.start();

    run.step(
        signal_of("say_later", to_payloads(std::string("slow"))),
        signal_of("say", to_payloads(std::string("fast")))
    );
    run.step(FireTimer{1});
    const auto commands = run.step(signal_of("close"));

    const auto lines =
        from_payload<std::vector<std::string>>(only<CompleteWorkflowExecution>(commands).result);
    EXPECT_THAT(lines, ElementsAre("main", "fast", "slow"));
}

TEST(Instance, AMalformedOrUnknownSignalIsDroppedAndTheWorkflowGoesOn) {
    Live<Inbox> run;
    run.start();

    EXPECT_THAT(
        run.step(signal_of("say", to_payloads(17)), signal_of("say"), signal_of("no such signal")),
        IsEmpty()
    );
    const auto lines = from_payload<std::vector<std::string>>(
        only<CompleteWorkflowExecution>(run.step(signal_of("close"))).result
    );
    EXPECT_THAT(lines, ElementsAre("main"));
}

QueryWorkflow query_of(const std::string& type, Payloads arguments = {}) {
    return {.id = "q1", .type = type, .arguments = std::move(arguments), .headers = {}};
}

TEST(Instance, AQueryReadsTheStateWithItsArguments) {
    Live<Inbox> run;
    run.start();

    const auto answer =
        only<RespondToQuery>(run.step(query_of("count", to_payloads(std::size_t{40}))));

    EXPECT_EQ(answer.query_id, "q1");
    EXPECT_EQ(from_payload<std::size_t>(std::get<Payload>(answer.result)), 41U);
}

TEST(Instance, AQueryThatThrowsOrIsUnknownFailsAloneAndLeavesTheWorkflowUntouched) {
    Live<Inbox> run;
    run.start();

    EXPECT_EQ(
        std::get<FailurePtr>(only<RespondToQuery>(run.step(query_of("broken"))).result)->message(),
        "no answer"
    );
    EXPECT_THAT(
        std::get<FailurePtr>(only<RespondToQuery>(run.step(query_of("nope"))).result)->message(),
        HasSubstr("no query 'nope'")
    );
    EXPECT_THAT(run.step(signal_of("close")), SizeIs(1));
}

/// Waits, and cleans up when it is cancelled.
struct CleansUp {
    Task<void> run(WorkflowContext ctx) {
        FailurePtr reason;
        try {
            co_await ctx.sleep(1h);
        } catch (const CanceledFailure& canceled) {
            reason = canceled.clone();
        }
        (void)co_await kShout(ctx.shielded(), "bye", {.start_to_close = 1s});
        throw CanceledFailure(reason->message(), to_payloads(std::string("cleaned up")));
    }
    static constexpr auto definition = workflow<&CleansUp::run>("CleansUp");
};

TEST(Instance, ACanceledWorkflowCancelsItsTimerCleansUpShieldedAndEndsCanceledWithDetails) {
    Live<CleansUp> run;
    run.start();

    const auto commands = run.step(CancelWorkflow{"not needed"});
    ASSERT_THAT(commands, SizeIs(2));
    EXPECT_EQ(std::get<CancelTimer>(commands[0]).seq, 1U);
    EXPECT_EQ(std::get<ScheduleActivity>(commands[1]).activity_type, "shout");

    const auto end = only<CancelWorkflowExecution>(run.step(completed(1, "BYE")));
    EXPECT_EQ(from_payload<std::string>(end.details.at(0)), "cleaned up");
}

TEST(Instance, ACancelAsksTheActivityAndItsAnswerEndsTheWorkflowCanceled) {
    Live<ShoutThenWait> run;
    run.start(to_payloads(std::string("hello")));

    EXPECT_EQ(only<RequestCancelActivity>(run.step(CancelWorkflow{})).seq, 1U);
    const auto commands = run.step(ResolveActivity{
        .seq = 1,
        .result = ActivityCanceled{std::make_shared<const ActivityFailure>(
            "activity canceled", ActivityFailure::Info{}, std::make_shared<const CanceledFailure>()
        )}
    });

    (void)only<CancelWorkflowExecution>(commands);
}

TEST(Instance, ATimerThatFiredIsNotCanceledInTheSameActivation) {
    Live<CleansUp> run;
    run.start();

    const auto commands = run.step(FireTimer{1}, CancelWorkflow{});

    // The timer's answer stands, so the workflow goes on to its activity without a CancelTimer.
    EXPECT_EQ(only<ScheduleActivity>(commands).activity_type, "shout");
}

struct ThrowsCanceledUnasked {
    Task<void> run(WorkflowContext /*ctx*/) {
        throw CanceledFailure("own idea");
        co_return;
    }
    static constexpr auto definition =
        workflow<&ThrowsCanceledUnasked::run>("ThrowsCanceledUnasked");
};

TEST(Instance, ACancellationThatNobodyAskedForIsAFailure) {
    Live<ThrowsCanceledUnasked> run;

    EXPECT_EQ(only<FailWorkflowExecution>(run.start()).failure->message(), "own idea");
}

/// Two waiters for the same flag, of which the first takes it away again.
struct Bounce {
    Task<int> run(WorkflowContext ctx) {
        auto second = ctx.spawn(take(ctx, 10));
        auto first = ctx.spawn(take(ctx, 1));
        flag = true;
        co_await second;
        flag = true;
        co_await first;
        co_return order;
    }
    Task<void> take(WorkflowContext ctx, int digit) {
        co_await ctx.until([this] { return flag; });
        flag = false;
        order = order * 100 + digit;
    }
    bool flag = false;
    int order = 0;
    static constexpr auto definition = workflow<&Bounce::run>("Bounce");
};

TEST(Instance, AConditionWakesOnlyTheFirstWaiterForWhomItHolds) {
    Live<Bounce> run;

    EXPECT_EQ(from_payload<int>(only<CompleteWorkflowExecution>(run.start()).result), 1001);
}

struct WaitsWithTimeout {
    Task<bool> run(WorkflowContext ctx) {
        co_return co_await ctx.until([this] { return opened; }, 30s);
    }
    void open() { opened = true; }
    bool opened = false;
    static constexpr auto definition = workflow<
        &WaitsWithTimeout::run>("WaitsWithTimeout", signal<"open", &WaitsWithTimeout::open>);
};

TEST(Instance, ATimedConditionThatHoldsCancelsItsTimer) {
    Live<WaitsWithTimeout> run;
    run.start();

    const auto commands = run.step(signal_of("open"));

    ASSERT_THAT(commands, SizeIs(2));
    EXPECT_TRUE(std::holds_alternative<CancelTimer>(commands[0]));
    EXPECT_TRUE(from_payload<bool>(std::get<CompleteWorkflowExecution>(commands[1]).result));
}

TEST(Instance, ATimedConditionThatNeverHoldsGivesFalse) {
    Live<WaitsWithTimeout> run;
    run.start();

    EXPECT_FALSE(from_payload<bool>(only<CompleteWorkflowExecution>(run.step(FireTimer{1})).result)
    );
}

/// Races two activities under a scope of its own.
struct Race {
    Task<std::string> run(WorkflowContext ctx) {
        const CancellationScope scope = ctx.make_scope();
        auto slow = kShout(ctx.within(scope), "slow", {.start_to_close = 1min});
        auto fast = kShout(ctx.within(scope), "fast", {.start_to_close = 1min});
        const std::size_t winner = co_await when_any(ctx, slow, fast);
        scope.cancel("lost the race");
        // Not with ?:, in which g++ 12 miscompiles co_await.
        if (winner == 0) {
            co_return co_await slow;
        }
        co_return co_await fast;
    }
    static constexpr auto definition = workflow<&Race::run>("Race");
};

TEST(Instance, StartedActivitiesRunSideBySideAndTheLoserIsCanceledThroughItsScope) {
    Live<Race> run;
    EXPECT_THAT(run.start(), SizeIs(2));

    const auto commands = run.step(completed(2, "FAST"));

    ASSERT_THAT(commands, SizeIs(2));
    EXPECT_EQ(std::get<RequestCancelActivity>(commands[0]).seq, 1U);
    EXPECT_EQ(
        from_payload<std::string>(std::get<CompleteWorkflowExecution>(commands[1]).result), "FAST"
    );
}

struct Countdown {
    Task<int> run(WorkflowContext ctx, int left) {
        if (left > 0) {
            ctx.continue_as_new({.run_timeout = 1h}, left - 1);
        }
        co_return 0;
    }
    static constexpr auto definition = workflow<&Countdown::run>("Countdown");
};

TEST(Instance, ContinueAsNewCarriesTheArgumentsAndTheChangedOptions) {
    Live<Countdown> run;

    const auto command = only<ContinueAsNewWorkflowExecution>(run.start(to_payloads(3)));

    EXPECT_EQ(command.workflow_type, "W");
    EXPECT_EQ(from_payload<int>(command.arguments.at(0)), 2);
    EXPECT_EQ(command.run_timeout, 1h);
    EXPECT_EQ(command.task_timeout, std::nullopt);
}

struct MissingTimeout {
    Task<void> run(WorkflowContext ctx) { (void)co_await kShout(ctx, "x", {}); }
    static constexpr auto definition = workflow<&MissingTimeout::run>("MissingTimeout");
};

TEST(Instance, AnActivityWithoutATimeoutFailsTheTaskAndNamesTheOptions) {
    Live<MissingTimeout> run;

    const auto failure = run.failing_step(InitializeWorkflow{});

    EXPECT_THAT(failure.failure->message(), HasSubstr("start_to_close or schedule_to_close"));
}

/// Tells what happens to its frame.
struct Traced {
    Task<void> run(WorkflowContext ctx) {
        struct Witness {
            ~Witness() { log->emplace_back("destroyed"); }
            std::vector<std::string>* log;
        };
        const Witness witness{log};
        try {
            co_await nested(ctx);
        } catch (...) {
            log->emplace_back("caught");
        }
        log->emplace_back("resumed");
    }
    Task<void> nested(WorkflowContext ctx) { co_await ctx.sleep(1h); }
    static inline thread_local std::vector<std::string>* log = nullptr;
    static constexpr auto definition = workflow<&Traced::run>("Traced");
};

TEST(Instance, EvictionDestroysSuspendedFramesWithoutResumingThem) {
    std::vector<std::string> log;
    Traced::log = &log;
    Live<Traced> run;
    run.start();

    run.evict();

    EXPECT_THAT(log, ElementsAre("destroyed"));
}

struct DrawsNumbers {
    Task<std::vector<std::uint64_t>> run(WorkflowContext ctx) {
        std::vector<std::uint64_t> drawn{ctx.random().next()};
        co_await ctx.sleep(1s);
        drawn.push_back(ctx.random().next());
        drawn.push_back(static_cast<std::uint64_t>(ctx.now().time_since_epoch() / 1s));
        co_return drawn;
    }
    static constexpr auto definition = workflow<&DrawsNumbers::run>("DrawsNumbers");
};

TEST(Instance, RandomNumbersAndTimeAreTheSameOnReplay) {
    const auto play = [] {
        Live<DrawsNumbers> run;
        run.start();
        return from_payload<std::vector<std::uint64_t>>(
            only<CompleteWorkflowExecution>(run.step(FireTimer{1})).result
        );
    };

    const auto first = play();

    EXPECT_EQ(first, play());
    EXPECT_EQ(first.at(2), 1001U);
}

TEST(Instance, AJobOfAFeatureThatIsNotSpokenFailsTheTaskAndNamesIt) {
    Live<ShoutThenWait> run;
    run.start(to_payloads(std::string("hello")));

    EXPECT_THAT(
        run.failing_step(UnsupportedJob{"resolve_nexus_operation"}).failure->message(),
        HasSubstr("resolve_nexus_operation")
    );
}

/// What the observer of one type was told of its runs.
struct Ends {
    std::vector<WorkflowStatus> statuses;
    std::vector<std::size_t> sizes;
    std::chrono::system_clock::time_point time;
    std::vector<std::pair<std::uint32_t, std::size_t>> steps;  ///< History length and size.
    std::chrono::system_clock::time_point first_task_time;

    WorkflowObserver<Inbox> observer() {
        return {
            .on_progress =
                [this](const Inbox& inbox, const ProgressedWorkflow& progressed) {
                    steps.emplace_back(progressed.history_length, inbox.lines.size());
                    first_task_time = progressed.first_task_time;
                    time = progressed.time;
                },
            .on_closed =
                [this](const Inbox& inbox, const ClosedWorkflow& closed) {
                    statuses.push_back(closed.status);
                    sizes.push_back(inbox.lines.size());
                    time = closed.time;
                    first_task_time = closed.first_task_time;
                }
        };
    }
};

Completion activate_inbox(
    Instance& instance,
    bool is_replaying,
    std::vector<Job> jobs,
    std::chrono::seconds time = 7s,
    std::uint32_t history_length = 0
) {
    Activation activation{.run_id = "r", .is_replaying = is_replaying, .jobs = std::move(jobs)};
    activation.timestamp = std::chrono::system_clock::time_point{time};
    activation.history_length = history_length;
    Completion completion = instance.activate(std::move(activation));
    instance.tell_observers(completion);
    return completion;
}

SignalWorkflow signal_named(const std::string& name, Payloads input = {}) {
    return {.name = name, .input = std::move(input), .identity = {}, .headers = {}};
}

TEST(Instance, TheObserverSeesTheWorkflowAsItEndedOnce) {
    Ends ends;
    Instance inbox(detail::workflow_type<Inbox>(ends.observer()), describe);

    activate_inbox(inbox, false, {InitializeWorkflow{}, signal_named("say", to_payloads("hi"))});
    EXPECT_THAT(ends.statuses, IsEmpty());
    activate_inbox(inbox, false, {signal_named("close")});
    activate_inbox(inbox, false, {QueryWorkflow{.id = "q", .type = "count"}});

    EXPECT_THAT(ends.statuses, ElementsAre(WorkflowStatus::kCompleted));
    EXPECT_THAT(ends.sizes, ElementsAre(2));
    EXPECT_EQ(ends.time.time_since_epoch(), 7s);
}

TEST(Instance, TheObserverIsToldOfACancelAsOne) {
    Ends ends;
    Instance inbox(detail::workflow_type<Inbox>(ends.observer()), describe);

    activate_inbox(inbox, false, {InitializeWorkflow{}});
    activate_inbox(inbox, false, {CancelWorkflow{}});

    EXPECT_THAT(ends.statuses, ElementsAre(WorkflowStatus::kCanceled));
}

TEST(Instance, TheObserverIsNotToldOfAnEndThatIsOnlyReplayed) {
    Ends ends;
    Instance inbox(detail::workflow_type<Inbox>(ends.observer()), describe);

    activate_inbox(inbox, true, {InitializeWorkflow{}, signal_named("close")});

    EXPECT_THAT(ends.statuses, IsEmpty());
}

TEST(Instance, TheObserverIsToldOfEachStepButNotOfQueriesNorOfTheEnd) {
    Ends ends;
    Instance inbox(detail::workflow_type<Inbox>(ends.observer()), describe);

    activate_inbox(inbox, false, {InitializeWorkflow{}}, 7s, 3);
    activate_inbox(inbox, false, {QueryWorkflow{.id = "q", .type = "count"}}, 8s, 3);
    activate_inbox(inbox, false, {signal_named("say", to_payloads("hi"))}, 9s, 7);
    EXPECT_EQ(ends.time.time_since_epoch(), 9s);
    activate_inbox(inbox, false, {signal_named("close")}, 10s, 11);

    EXPECT_THAT(ends.steps, ElementsAre(Pair(3, 1), Pair(7, 2)));
    EXPECT_THAT(ends.statuses, ElementsAre(WorkflowStatus::kCompleted));
    EXPECT_EQ(ends.first_task_time.time_since_epoch(), 7s);
}

TEST(Instance, TheObserverIsToldOfNoStepThatIsOnlyReplayedAndThenOfTheNextWithTheTimeOfTheFirst) {
    Ends ends;
    Instance inbox(detail::workflow_type<Inbox>(ends.observer()), describe);

    activate_inbox(inbox, true, {InitializeWorkflow{}}, 7s, 3);
    EXPECT_THAT(ends.steps, IsEmpty());
    activate_inbox(inbox, false, {signal_named("say", to_payloads("hi"))}, 9s, 7);

    EXPECT_THAT(ends.steps, ElementsAre(Pair(7, 2)));
    EXPECT_EQ(ends.first_task_time.time_since_epoch(), 7s);
}

TEST(Instance, TheObserverIsToldOfNoTaskThatFailed) {
    Ends ends;
    Instance inbox(detail::workflow_type<Inbox>(ends.observer()), describe);

    activate_inbox(inbox, false, {InitializeWorkflow{}, UnsupportedJob{"a job of a newer core"}});

    EXPECT_THAT(ends.steps, IsEmpty());
}

}  // namespace
}  // namespace temporal::workflows
