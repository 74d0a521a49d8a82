#include "bridge/core_worker.hpp"

#include "bridge/connection.hpp"
#include "bridge/one_shot.hpp"
#include "scripted_core/scripted_core.hpp"
#include "temporal/error.hpp"
#include "temporal/sdk/core/core_interface.pb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace temporal::bridge {
namespace {

using namespace std::chrono_literals;
using scripted::Kind;
using scripted::ScriptedCore;
using scripted::ScriptedWorker;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string activation_of(const std::string& run_id) {
    coresdk::workflow_activation::WorkflowActivation message;
    message.set_run_id(run_id);
    message.add_jobs()->mutable_fire_timer()->set_seq(1);
    return message.SerializeAsString();
}

std::string activation_completion_of(const std::string& run_id) {
    coresdk::workflow_completion::WorkflowActivationCompletion message;
    message.set_run_id(run_id);
    message.mutable_successful();
    return message.SerializeAsString();
}

std::string activity_of(const std::string& token) {
    coresdk::activity_task::ActivityTask message;
    message.set_task_token(token);
    message.mutable_start()->set_activity_type("infer");
    return message.SerializeAsString();
}

std::string activity_completion_of(const std::string& token) {
    coresdk::ActivityTaskCompletion message;
    message.set_task_token(token);
    message.mutable_result()->mutable_completed()->mutable_result();
    return message.SerializeAsString();
}

/// What the callbacks were told, in order.
class Told {
public:
    CoreWorker::Callbacks callbacks() {
        return {
            .on_task =
                [this](TaskKind kind, Buffer task) { add(name(kind) + " task " + task.str()); },
            .on_poll_error =
                [this](TaskKind kind, std::string error) { add(name(kind) + " error " + error); },
            .on_shutdown = [this](TaskKind kind) { add(name(kind) + " shutdown"); },
        };
    }

    std::vector<std::string> wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, ScriptedWorker::kPatience, [&] { return lines_.size() >= count; });
        return lines_;
    }

private:
    static std::string name(TaskKind kind) {
        return kind == TaskKind::kWorkflow ? "workflow" : "activity";
    }
    void add(std::string line) {
        const std::scoped_lock lock(mutex_);
        lines_.push_back(std::move(line));
        changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> lines_;
};

class CoreWorkerTest : public testing::Test {
protected:
    std::shared_ptr<CoreWorker> make(bool workflows = true, bool activities = true) const {
        CoreWorkerOptions options;
        options.namespace_name = "default";
        options.task_queue = "queue";
        options.enable_workflows = workflows;
        options.enable_activities = activities;
        return CoreWorker::make(connection_->runtime(), connection_, options);
    }

    /// Calls and waits for the answer.
    template <class Call>
    static std::optional<std::string> answer_of(Call call) {
        const auto shot = std::make_shared<OneShot<std::optional<std::string>>>();
        call([shot](std::optional<std::string> error) { shot->set(std::move(error)); });
        return shot->wait();
    }

    ScriptedCore core_;
    ScriptedWorker& script_ = core_.worker("queue");
    Told told_;
    // Last, so that core's threads end before what they call.
    std::shared_ptr<Connection> connection_ = Connection::connect(Runtime::make({}), {}, {});
};

TEST_F(CoreWorkerTest, HandsOutTasksAndTakesTheirAnswers) {
    const auto worker = make(true, false);
    worker->start(told_.callbacks());
    script_.deliver_activation(activation_of("run-1"));
    EXPECT_THAT(told_.wait_for(1), ElementsAre("workflow task " + activation_of("run-1")));

    EXPECT_EQ(
        answer_of([&](Done done) {
            worker->complete_activation(activation_completion_of("run-1"), done);
        }),
        std::nullopt
    );

    EXPECT_EQ(script_.next_activation_completion(), activation_completion_of("run-1"));
    worker->initiate_shutdown();
    EXPECT_EQ(told_.wait_for(2).back(), "workflow shutdown");
    EXPECT_EQ(answer_of([&](Done done) { worker->finalize(done); }), std::nullopt);
    EXPECT_THAT(script_.violations(), IsEmpty());
}

TEST_F(CoreWorkerTest, TellsTheKindsApart) {
    const auto worker = make();
    worker->start(told_.callbacks());
    script_.deliver_activity_task(activity_of("token"));
    EXPECT_THAT(told_.wait_for(1), ElementsAre("activity task " + activity_of("token")));
    script_.deliver_poll_error(Kind::kActivity, "unavailable");
    EXPECT_EQ(told_.wait_for(2).back(), "activity error unavailable");

    EXPECT_EQ(
        answer_of([&](Done done) {
            worker->complete_activity(activity_completion_of("token"), done);
        }),
        std::nullopt
    );
    worker->initiate_shutdown();

    EXPECT_THAT(
        told_.wait_for(4),
        testing::IsSupersetOf({std::string("workflow shutdown"), std::string("activity shutdown")})
    );
}

TEST_F(CoreWorkerTest, AnswersMayBeIgnored) {
    const auto worker = make(true, false);
    worker->start(told_.callbacks());
    script_.deliver_activation(activation_of("run-1"));
    told_.wait_for(1);

    worker->complete_activation(activation_completion_of("run-1"), {});

    EXPECT_EQ(script_.next_activation_completion(), activation_completion_of("run-1"));
}

TEST_F(CoreWorkerTest, TellsWhatCoreRefuses) {
    script_.fail_validation("namespace 'default' is missing");
    script_.fail_completions("malformed");
    script_.fail_heartbeats("no such task");
    const auto worker = make(true, false);
    worker->start(told_.callbacks());
    script_.deliver_activation(activation_of("run-1"));
    told_.wait_for(1);

    EXPECT_EQ(
        answer_of([&](Done done) { worker->validate(done); }), "namespace 'default' is missing"
    );
    EXPECT_EQ(
        answer_of([&](Done done) {
            worker->complete_activation(activation_completion_of("run-1"), done);
        }),
        "malformed"
    );
    try {
        worker->heartbeat("bytes");
        FAIL() << "it was taken";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("no such task"));
    }
}

TEST_F(CoreWorkerTest, ThatCannotBeMadeSaysWhy) {
    script_.fail_creation("max_outstanding_workflow_tasks: at least 2");
    try {
        static_cast<void>(make());
        FAIL() << "it was made";
    } catch (const Error& error) {
        EXPECT_THAT(
            error.what(), HasSubstr("queue 'queue': max_outstanding_workflow_tasks: at least 2")
        );
    }
}

TEST_F(CoreWorkerTest, RecordsHeartbeatsAndAsksForEvictions) {
    const auto worker = make(true, false);
    worker->start(told_.callbacks());

    worker->heartbeat("beat");
    worker->request_eviction("run-1");

    EXPECT_EQ(script_.next_heartbeat(), "beat");
    EXPECT_EQ(script_.next_eviction_request(), "run-1");
    EXPECT_THAT(told_.wait_for(1).front(), HasSubstr("run-1"));
}

TEST_F(CoreWorkerTest, ThatIsDroppedWithoutAShutdownFreesItsCallbacks) {
    const auto witness = std::make_shared<int>(0);
    auto worker = make();
    worker->start({
        .on_task = [witness](TaskKind, const Buffer&) {},
        .on_poll_error = [](TaskKind, const std::string&) {},
        .on_shutdown = [](TaskKind) {},
    });
    ASSERT_TRUE(script_.wait_until_started());

    worker.reset();
    connection_.reset();  // Waits for core's threads.

    EXPECT_EQ(witness.use_count(), 1);
}

TEST_F(CoreWorkerTest, ReplaysWhatItIsFedAndThenShutsDownByItself) {
    std::vector<std::string> fed;
    core_.on_replay([&fed](const std::string& workflow_id, const std::string& history) {
        fed.push_back(workflow_id + ": " + history);
        return std::vector<std::string>{activation_of("run-1")};
    });
    auto replayer = CoreWorker::make_replayer(connection_->runtime(), "default", "queue");
    replayer.worker->start(told_.callbacks());

    EXPECT_EQ(
        answer_of([&](Done done) { replayer.feeder->push("job-1", "history", done); }), std::nullopt
    );
    EXPECT_THAT(told_.wait_for(1), ElementsAre("workflow task " + activation_of("run-1")));
    replayer.worker->complete_activation(activation_completion_of("run-1"), {});
    replayer.feeder.reset();

    EXPECT_EQ(told_.wait_for(2).back(), "workflow shutdown");
    EXPECT_THAT(fed, ElementsAre("job-1: history"));
    EXPECT_EQ(answer_of([&](Done done) { replayer.worker->finalize(done); }), std::nullopt);
    EXPECT_THAT(script_.violations(), IsEmpty());
}

}  // namespace
}  // namespace temporal::bridge
