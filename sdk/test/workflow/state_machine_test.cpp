#include "workflow/state_machine.hpp"

#include "temporal/converter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <variant>

namespace temporal::workflows {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::SizeIs;

template <class Wanted>
const Wanted& as(const Command& command) {
    return std::get<Wanted>(command);
}

TEST(StateMachine, SequenceNumbersStartAtOneAndCountEachKindByItself) {
    StateMachine machine;

    EXPECT_EQ(machine.start_timer(1s, ""), 1U);
    EXPECT_EQ(machine.schedule_activity({.activity_type = "infer"}), 1U);
    EXPECT_EQ(machine.start_timer(1s, ""), 2U);
    EXPECT_EQ(machine.schedule_activity({.activity_type = "infer"}), 2U);
}

TEST(StateMachine, CommandsComeOutInTheOrderOfTheCallsAndOnce) {
    StateMachine machine;
    machine.schedule_activity({.activity_type = "infer"});
    machine.start_timer(5s, "wait");

    const auto commands = machine.take_commands();

    ASSERT_THAT(commands, SizeIs(2));
    EXPECT_EQ(as<ScheduleActivity>(commands[0]).activity_id, "1");
    EXPECT_EQ(as<StartTimer>(commands[1]).duration, 5s);
    EXPECT_THAT(machine.take_commands(), IsEmpty());
}

TEST(StateMachine, ATimerIsCanceledAtMostOnceAndNeverAfterItFired) {
    StateMachine machine;
    const Seq open = machine.start_timer(1s, "");
    const Seq fired = machine.start_timer(1s, "");
    machine.timer_fired(fired);
    (void)machine.take_commands();

    EXPECT_TRUE(machine.cancel_timer(open));
    EXPECT_FALSE(machine.cancel_timer(open));
    EXPECT_FALSE(machine.cancel_timer(fired));
    EXPECT_FALSE(machine.cancel_timer(99));

    EXPECT_THAT(machine.take_commands(), SizeIs(1));
}

TEST(StateMachine, AnActivityIsAskedToStopAtMostOnceAndStillGetsItsAnswer) {
    StateMachine machine;
    const Seq seq = machine.schedule_activity({.activity_type = "infer"});
    (void)machine.take_commands();

    EXPECT_TRUE(machine.cancel_activity(seq));
    EXPECT_FALSE(machine.cancel_activity(seq));
    EXPECT_NO_THROW(machine.activity_resolved(seq));
    EXPECT_FALSE(machine.cancel_activity(seq));

    EXPECT_THAT(machine.take_commands(), SizeIs(1));
}

TEST(StateMachine, LocalActivitiesCountWithTheOthersAndAreAskedToStopByTheirOwnCommand) {
    StateMachine machine;
    EXPECT_EQ(machine.schedule_activity({.activity_type = "infer"}), 1U);
    EXPECT_EQ(machine.schedule_local_activity({.activity_type = "check"}), 2U);
    EXPECT_EQ(as<ScheduleLocalActivity>(machine.take_commands()[1]).activity_id, "2");

    EXPECT_TRUE(machine.cancel_activity(1));
    EXPECT_TRUE(machine.cancel_activity(2));
    EXPECT_FALSE(machine.cancel_activity(2));

    const auto commands = machine.take_commands();
    ASSERT_THAT(commands, SizeIs(2));
    EXPECT_EQ(as<RequestCancelActivity>(commands[0]).seq, 1U);
    EXPECT_EQ(as<RequestCancelLocalActivity>(commands[1]).seq, 2U);
}

TEST(StateMachine, UpsertsAreCommandsUnlessThereIsNothingToChange) {
    StateMachine machine;
    machine.upsert_search_attributes({{"Stage", to_payload("paid")}});
    machine.upsert_memo({{"note", to_payload(std::nullopt)}});
    machine.upsert_search_attributes({});
    machine.upsert_memo({});

    const auto commands = machine.take_commands();

    ASSERT_THAT(commands, SizeIs(2));
    EXPECT_EQ(as<UpsertSearchAttributes>(commands[0]).fields.at("Stage"), to_payload("paid"));
    EXPECT_EQ(as<UpsertMemo>(commands[1]).fields.at("note").encoding(), encoding::kNull);
}

TEST(StateMachine, AnUpdateIsAcceptedOnceAndThenEndsOnce) {
    StateMachine machine;
    EXPECT_THROW(machine.accept_update("u"), ProtocolError);
    machine.update_requested("u");
    EXPECT_THROW(machine.update_requested("u"), ProtocolError);
    EXPECT_THROW(machine.complete_update("u", Payload{}), ProtocolError);
    machine.accept_update("u");
    EXPECT_THROW(machine.accept_update("u"), ProtocolError);
    machine.complete_update("u", Payload{});
    EXPECT_THROW(machine.complete_update("u", Payload{}), ProtocolError);
    EXPECT_THROW(machine.reject_update("u", nullptr), ProtocolError);

    const auto commands = machine.take_commands();

    ASSERT_THAT(commands, SizeIs(2));
    EXPECT_EQ(as<AcceptUpdate>(commands[0]).protocol_instance_id, "u");
    EXPECT_EQ(as<CompleteUpdate>(commands[1]).protocol_instance_id, "u");
}

TEST(StateMachine, AnUpdateIsRejectedBeforeOrAfterItWasAccepted) {
    StateMachine machine;
    machine.update_requested("a");
    machine.reject_update("a", std::make_shared<const ApplicationFailure>("no"));
    machine.update_requested("b");
    machine.accept_update("b");
    machine.reject_update("b", std::make_shared<const ApplicationFailure>("broken"));

    EXPECT_THAT(machine.take_commands(), SizeIs(3));
}

TEST(StateMachine, WhoWaitsForAnUpdateIsAnsweredAfterTheEnd) {
    StateMachine machine;
    machine.update_requested("u");
    machine.accept_update("u");
    machine.complete(Payload{});
    machine.complete_update("u", Payload{});

    const auto commands = machine.take_commands();

    ASSERT_THAT(commands, SizeIs(3));
    EXPECT_TRUE(std::holds_alternative<CompleteUpdate>(commands[2]));
}

TEST(StateMachine, AnAnswerToNothingIsAProtocolError) {
    StateMachine machine;

    EXPECT_THROW(machine.timer_fired(1), ProtocolError);
    EXPECT_THROW(machine.activity_resolved(1), ProtocolError);
}

TEST(StateMachine, OnlyTheFirstTerminalCommandCounts) {
    StateMachine machine;
    machine.complete(Payload{});
    machine.fail(std::make_shared<const ApplicationFailure>("late"));
    machine.start_timer(1s, "");

    const auto commands = machine.take_commands();

    EXPECT_TRUE(machine.ended());
    ASSERT_THAT(commands, SizeIs(1));
    EXPECT_TRUE(std::holds_alternative<CompleteWorkflowExecution>(commands[0]));
}

TEST(StateMachine, AQueryMayAnswerButNotCommand) {
    StateMachine machine;
    machine.set_read_only(true);

    EXPECT_THROW(machine.start_timer(1s, ""), ProtocolError);
    EXPECT_THROW(machine.complete(Payload{}), ProtocolError);
    EXPECT_THROW(machine.upsert_memo({}), ProtocolError);
    EXPECT_THROW(machine.upsert_search_attributes({}), ProtocolError);
    machine.answer_query("q", Payload{});

    EXPECT_THAT(machine.take_commands(), SizeIs(1));
    EXPECT_FALSE(machine.ended());
}

}  // namespace
}  // namespace temporal::workflows
