#include "bridge/activation_codec.hpp"

#include "temporal/converter.hpp"
#include "temporal/error.hpp"
#include "temporal/sdk/core/workflow_activation/workflow_activation.pb.h"
#include "temporal/sdk/core/workflow_completion/workflow_completion.pb.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace temporal::bridge {
namespace {

using namespace std::chrono_literals;
namespace act = coresdk::workflow_activation;
using JobMessage = act::WorkflowActivationJob;

void set_payload(api::common::v1::Payload& message, const std::string& json) {
    (*message.mutable_metadata())["encoding"] = "json/plain";
    message.set_data(json);
}

Payload json(std::string data) {
    return {.metadata = {{"encoding", "json/plain"}}, .data = std::move(data)};
}

workflows::Activation decode(const act::WorkflowActivation& message) {
    return decode_activation(message.SerializeAsString(), "inference", "inference-normal");
}

workflows::Job decode_job(const std::function<void(JobMessage&)>& fill) {
    act::WorkflowActivation message;
    message.set_run_id("run-1");
    fill(*message.add_jobs());
    auto activation = decode(message);
    EXPECT_EQ(activation.jobs.size(), 1U);
    return std::move(activation.jobs.at(0));
}

TEST(ActivationCodec, ReadsWhatBelongsToTheActivationAsAWhole) {
    act::WorkflowActivation message;
    message.set_run_id("run-1");
    message.mutable_timestamp()->set_seconds(1'700'000'000);
    message.set_is_replaying(true);
    message.set_history_length(12);
    message.set_history_size_bytes(3456);
    message.set_continue_as_new_suggested(true);
    message.add_available_internal_flags(3);

    const workflows::Activation activation = decode(message);

    EXPECT_EQ(activation.run_id, "run-1");
    EXPECT_EQ(activation.timestamp, std::chrono::system_clock::time_point{1'700'000'000s});
    EXPECT_TRUE(activation.is_replaying);
    EXPECT_EQ(activation.history_length, 12U);
    EXPECT_EQ(activation.history_size_bytes, 3456U);
    EXPECT_TRUE(activation.continue_as_new_suggested);
    EXPECT_EQ(activation.available_internal_flags, std::vector<std::uint32_t>{3});
    EXPECT_TRUE(activation.jobs.empty());
}

TEST(ActivationCodec, AnActivationWithoutATimeHasNone) {
    EXPECT_EQ(decode({}).timestamp, std::nullopt);
}

TEST(ActivationCodec, ReadsAllOfAnInitialization) {
    const auto job = decode_job([](JobMessage& message) {
        auto& init = *message.mutable_initialize_workflow();
        init.set_workflow_type("InferenceWorkflow");
        init.set_workflow_id("job-1");
        set_payload(*init.add_arguments(), "1");
        init.set_randomness_seed(99);
        set_payload((*init.mutable_headers())["trace"], "\"t\"");
        init.mutable_parent_workflow_info()->set_workflow_id("parent");
        init.mutable_workflow_execution_timeout()->set_seconds(60);
        init.mutable_workflow_run_timeout()->set_seconds(0);
        init.mutable_workflow_task_timeout()->set_seconds(10);
        init.set_continued_from_execution_run_id("run-0");
        init.set_first_execution_run_id("run-first");
        init.set_attempt(2);
        set_payload((*init.mutable_memo()->mutable_fields())["m"], "2");
        set_payload((*init.mutable_search_attributes()->mutable_indexed_fields())["s"], "3");
        init.mutable_start_time()->set_seconds(1'600'000'000);
        init.mutable_priority()->set_priority_key(2);
        init.mutable_priority()->set_fairness_weight(5);
    });

    const auto& init = std::get<workflows::InitializeWorkflow>(job);
    EXPECT_EQ(init.arguments, Payloads{json("1")});
    EXPECT_EQ(init.headers, (PayloadMap{{"trace", json("\"t\"")}}));
    EXPECT_EQ(init.randomness_seed, 99U);
    EXPECT_EQ(init.info.workflow_id, "job-1");
    EXPECT_EQ(init.info.run_id, "run-1");
    EXPECT_EQ(init.info.workflow_type, "InferenceWorkflow");
    EXPECT_EQ(init.info.namespace_name, "inference");
    EXPECT_EQ(init.info.task_queue, "inference-normal");
    EXPECT_EQ(init.info.attempt, 2);
    EXPECT_EQ(init.info.start_time, std::chrono::system_clock::time_point{1'600'000'000s});
    EXPECT_EQ(init.info.execution_timeout, 60s);
    EXPECT_EQ(init.info.run_timeout, std::nullopt);  // The server's way of saying none.
    EXPECT_EQ(init.info.task_timeout, 10s);
    EXPECT_EQ(init.info.first_execution_run_id, "run-first");
    EXPECT_EQ(init.info.continued_run_id, "run-0");
    EXPECT_EQ(init.info.parent_workflow_id, "parent");
    EXPECT_EQ(init.info.memo, (PayloadMap{{"m", json("2")}}));
    EXPECT_EQ(init.info.search_attributes.fields(), (PayloadMap{{"s", json("3")}}));
    EXPECT_EQ(init.info.priority, (Priority{.key = 2, .fairness_weight = 5}));
}

TEST(ActivationCodec, ReadsTheSmallJobs) {
    const auto timer = decode_job([](JobMessage& job) { job.mutable_fire_timer()->set_seq(4); });
    const auto seed = decode_job([](JobMessage& job) {
        job.mutable_update_random_seed()->set_randomness_seed(5);
    });
    const auto cancel =
        decode_job([](JobMessage& job) { job.mutable_cancel_workflow()->set_reason("enough"); });
    const auto patch =
        decode_job([](JobMessage& job) { job.mutable_notify_has_patch()->set_patch_id("p"); });
    const auto evict = decode_job([](JobMessage& job) {
        job.mutable_remove_from_cache()->set_message("why");
        job.mutable_remove_from_cache()->set_reason(act::RemoveFromCache::NONDETERMINISM);
    });

    EXPECT_EQ(std::get<workflows::FireTimer>(timer).seq, 4U);
    EXPECT_EQ(std::get<workflows::UpdateRandomSeed>(seed).randomness_seed, 5U);
    EXPECT_EQ(std::get<workflows::CancelWorkflow>(cancel).reason, "enough");
    EXPECT_EQ(std::get<workflows::NotifyHasPatch>(patch).patch_id, "p");
    EXPECT_EQ(std::get<workflows::RemoveFromCache>(evict).message, "why");
    EXPECT_EQ(
        std::get<workflows::RemoveFromCache>(evict).reason,
        workflows::EvictionReason::kNondeterminism
    );
}

TEST(ActivationCodec, ReadsSignalsAndQueries) {
    const auto signal = decode_job([](JobMessage& job) {
        auto& message = *job.mutable_signal_workflow();
        message.set_signal_name("say");
        set_payload(*message.add_input(), "1");
        message.set_identity("me");
        set_payload((*message.mutable_headers())["h"], "2");
    });
    const auto query = decode_job([](JobMessage& job) {
        auto& message = *job.mutable_query_workflow();
        message.set_query_id("legacy_query");
        message.set_query_type("status");
        set_payload(*message.add_arguments(), "3");
        set_payload((*message.mutable_headers())["h"], "4");
    });

    EXPECT_EQ(std::get<workflows::SignalWorkflow>(signal).name, "say");
    EXPECT_EQ(std::get<workflows::SignalWorkflow>(signal).input, Payloads{json("1")});
    EXPECT_EQ(std::get<workflows::SignalWorkflow>(signal).identity, "me");
    EXPECT_EQ(std::get<workflows::SignalWorkflow>(signal).headers, (PayloadMap{{"h", json("2")}}));
    EXPECT_EQ(std::get<workflows::QueryWorkflow>(query).id, "legacy_query");
    EXPECT_EQ(std::get<workflows::QueryWorkflow>(query).type, "status");
    EXPECT_EQ(std::get<workflows::QueryWorkflow>(query).arguments, Payloads{json("3")});
    EXPECT_EQ(std::get<workflows::QueryWorkflow>(query).headers, (PayloadMap{{"h", json("4")}}));
}

TEST(ActivationCodec, ReadsAnUpdate) {
    const auto job = decode_job([](JobMessage& message) {
        auto& update = *message.mutable_do_update();
        update.set_id("u");
        update.set_protocol_instance_id("u/1");
        update.set_name("limit");
        set_payload(*update.add_input(), "1");
        set_payload((*update.mutable_headers())["h"], "2");
        update.set_run_validator(true);
    });

    const auto& update = std::get<workflows::DoUpdate>(job);
    EXPECT_EQ(update.id, "u");
    EXPECT_EQ(update.protocol_instance_id, "u/1");
    EXPECT_EQ(update.name, "limit");
    EXPECT_EQ(update.input, Payloads{json("1")});
    EXPECT_EQ(update.headers, (PayloadMap{{"h", json("2")}}));
    EXPECT_TRUE(update.run_validator);
    const auto replayed = decode_job([](JobMessage& message) { message.mutable_do_update(); });
    EXPECT_FALSE(std::get<workflows::DoUpdate>(replayed).run_validator);
}

TEST(ActivationCodec, ReadsEveryEndOfAnActivity) {
    using Result = coresdk::activity_result::ActivityResolution;
    const auto resolve = [](const std::function<void(Result&)>& fill) {
        const auto job = decode_job([&fill](JobMessage& message) {
            message.mutable_resolve_activity()->set_seq(7);
            fill(*message.mutable_resolve_activity()->mutable_result());
        });
        const auto& resolution = std::get<workflows::ResolveActivity>(job);
        EXPECT_EQ(resolution.seq, 7U);
        return resolution.result;
    };

    const auto completed =
        resolve([](Result& r) { set_payload(*r.mutable_completed()->mutable_result(), "1"); });
    const auto failed = resolve([](Result& r) {
        r.mutable_failed()->mutable_failure()->mutable_activity_failure_info()->set_activity_id("7"
        );
    });
    const auto canceled = resolve([](Result& r) {
        r.mutable_cancelled()->mutable_failure()->mutable_canceled_failure_info();
    });
    const auto backoff = resolve([](Result& r) {
        r.mutable_backoff()->set_attempt(3);
        r.mutable_backoff()->mutable_backoff_duration()->set_seconds(61);
        r.mutable_backoff()->mutable_original_schedule_time()->set_seconds(100);
    });

    EXPECT_EQ(std::get<workflows::ActivityCompleted>(completed).result, json("1"));
    EXPECT_NE(
        dynamic_cast<const ActivityFailure*>(
            std::get<workflows::ActivityFailed>(failed).failure.get()
        ),
        nullptr
    );
    EXPECT_TRUE(is_canceled(*std::get<workflows::ActivityCanceled>(canceled).failure));
    EXPECT_EQ(std::get<workflows::ActivityBackoff>(backoff).attempt, 3U);
    EXPECT_EQ(std::get<workflows::ActivityBackoff>(backoff).duration, 61s);
    EXPECT_EQ(
        std::get<workflows::ActivityBackoff>(backoff).original_schedule_time.time_since_epoch(),
        100s
    );
}

/// Fails when core gets a job of a new kind, and when one of ours is decoded as another.
TEST(ActivationCodec, EveryKindOfJobIsReadOrNamedAsUnsupported) {
    const std::vector<std::pair<std::string, std::size_t>> kinds = {
        {"initialize_workflow", 0},
        {"fire_timer", 1},
        {"resolve_activity", 2},
        {"signal_workflow", 3},
        {"query_workflow", 4},
        {"do_update", 5},
        {"cancel_workflow", 6},
        {"update_random_seed", 7},
        {"notify_has_patch", 8},
        {"remove_from_cache", 9},
    };
    const auto& variant = *JobMessage::descriptor()->FindOneofByName("variant");
    ASSERT_EQ(variant.field_count(), 16);
    for (int i = 0; i < variant.field_count(); ++i) {
        const auto* field = variant.field(i);
        const auto job = decode_job([field](JobMessage& message) {
            auto* part = message.GetReflection()->MutableMessage(&message, field);
            if (field->name() == "resolve_activity") {
                static_cast<act::ResolveActivity*>(part)->mutable_result()->mutable_completed();
            }
        });
        const auto known = std::find_if(kinds.begin(), kinds.end(), [field](const auto& kind) {
            return kind.first == field->name();
        });
        if (known != kinds.end()) {
            EXPECT_EQ(job.index(), known->second) << field->name();
        } else {
            EXPECT_EQ(std::get<workflows::UnsupportedJob>(job).name, field->name());
        }
    }
}

TEST(ActivationCodec, AJobOfANewerCoreIsUnsupported) {
    // One job (field 5, 3 bytes) with an empty message as field 40, which nobody has defined.
    const std::string activation("\x2a\x03\xc2\x02\x00", 5);

    const auto jobs = decode_activation(activation, "n", "q").jobs;

    ASSERT_EQ(jobs.size(), 1U);
    EXPECT_EQ(std::get<workflows::UnsupportedJob>(jobs[0]).name, "a job of a newer core");
}

TEST(ActivationCodec, EvictionReasonsOfANewerCoreAreUnspecified) {
    const auto job = decode_job([](JobMessage& message) {
        message.mutable_remove_from_cache()->set_reason(
            static_cast<act::RemoveFromCache::EvictionReason>(99)
        );
    });

    EXPECT_EQ(
        std::get<workflows::RemoveFromCache>(job).reason, workflows::EvictionReason::kUnspecified
    );
}

TEST(ActivationCodec, BytesThatAreNoMessageAreAnError) {
    EXPECT_THROW(static_cast<void>(decode_activation("\xff\xff", "n", "q")), Error);
}

coresdk::workflow_completion::WorkflowActivationCompletion parsed(const std::string& bytes) {
    coresdk::workflow_completion::WorkflowActivationCompletion message;
    EXPECT_TRUE(message.ParseFromString(bytes));
    return message;
}

TEST(CompletionCodec, WritesCommandsInTheirOrderAndTheFlags) {
    workflows::ActivationSucceeded succeeded;
    succeeded.commands = {workflows::CancelTimer{.seq = 2}, workflows::CancelTimer{.seq = 1}};
    succeeded.used_internal_flags = {4, 5};

    const auto message = parsed(encode_completion({.run_id = "run-1", .status = succeeded}));

    EXPECT_EQ(message.run_id(), "run-1");
    ASSERT_EQ(message.successful().commands_size(), 2);
    EXPECT_EQ(message.successful().commands(0).cancel_timer().seq(), 2U);
    EXPECT_EQ(message.successful().commands(1).cancel_timer().seq(), 1U);
    EXPECT_EQ(message.successful().used_internal_flags(1), 5U);
}

TEST(CompletionCodec, AnEmptySuccessIsASuccess) {
    EXPECT_TRUE(
        parsed(encode_completion({.run_id = "run-1", .status = workflows::ActivationSucceeded{}})
        ).has_successful()
    );
}

TEST(CompletionCodec, WritesAFailedTaskAndItsCause) {
    const auto failure = std::make_shared<const ApplicationFailure>("bug");

    const auto plain = parsed(encode_completion(
        {.run_id = "r", .status = workflows::ActivationFailed{.failure = failure}}
    ));
    const auto nondeterministic = parsed(encode_completion(
        {.run_id = "r",
         .status = workflows::ActivationFailed{.failure = failure, .nondeterminism = true}}
    ));

    EXPECT_EQ(plain.failed().failure().message(), "bug");
    EXPECT_EQ(plain.failed().force_cause(), api::enums::v1::WORKFLOW_TASK_FAILED_CAUSE_UNSPECIFIED);
    EXPECT_EQ(
        nondeterministic.failed().force_cause(),
        api::enums::v1::WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR
    );
}

}  // namespace
}  // namespace temporal::bridge
