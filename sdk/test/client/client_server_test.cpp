// The client against a real server, without any worker.

#include "support/dev_server.hpp"
#include "temporal/client.hpp"
#include "temporal/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace temporal {
namespace {

using namespace std::chrono_literals;
using test::DevServerEnvironment;
using testing::HasSubstr;

constexpr KeywordKey kModel{"TestModel"};
constexpr TextKey kNote{"TestNote"};
constexpr IntKey kSize{"TestSize"};
constexpr DoubleKey kRatio{"TestRatio"};
constexpr BoolKey kUrgent{"TestUrgent"};
constexpr DatetimeKey kDue{"TestDue"};
constexpr KeywordListKey kTags{"TestTags"};

DevServerEnvironment& the_environment = DevServerEnvironment::add({
    .search_attributes =
        {"TestModel=Keyword",
         "TestNote=Text",
         "TestSize=Int",
         "TestRatio=Double",
         "TestUrgent=Bool",
         "TestDue=Datetime",
         "TestTags=KeywordList"},
});

class ClientServerTest : public testing::Test {
protected:
    static Client connect() {
        ConnectOptions options;
        options.address = the_environment.server().address();
        return Client::connect(options);
    }

    WorkflowHandle start(const std::string& id) const {
        return client_.start("Nobody", {}, options_for(id));
    }
    static StartOptions options_for(const std::string& id) {
        return {.id = id, .task_queue = "nobody-serves-this"};
    }

    /// Lists until the predicate holds, for the list trails the truth.
    template <class Predicate>
    static bool eventually(Predicate predicate) {
        const auto deadline = std::chrono::steady_clock::now() + 30s;
        while (!predicate()) {
            if (std::chrono::steady_clock::now() > deadline) {
                return false;
            }
            std::this_thread::sleep_for(20ms);
        }
        return true;
    }

    Client client_ = connect();
};

TEST_F(ClientServerTest, RegistersSearchAttributesAndListsThemWithTheirTypes) {
    client_.add_search_attributes(
        {{"TestAddedWord", SearchAttributeType::kKeyword},
         {"TestAddedCount", SearchAttributeType::kInt}}
    );

    // The server's cache trails its registry.
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    SearchAttributeTypes types;
    while (types.count("TestAddedCount") == 0 && std::chrono::steady_clock::now() < deadline) {
        types = client_.search_attributes();
    }
    EXPECT_EQ(types.at("TestAddedWord"), SearchAttributeType::kKeyword);
    EXPECT_EQ(types.at("TestAddedCount"), SearchAttributeType::kInt);
    EXPECT_EQ(types.at("TestDue"), SearchAttributeType::kDatetime);
    EXPECT_EQ(types.count("WorkflowId"), 0U) << "one of the server's own";
}

TEST_F(ClientServerTest, KnowsTheServerAndTheNamespace) {
    EXPECT_THAT(client_.check_health().version, HasSubstr("."));
    EXPECT_EQ(client_.describe_namespace().name, "default");
    EXPECT_EQ(client_.describe_namespace().state, NamespaceState::kRegistered);
}

TEST_F(ClientServerTest, ANamespaceThatIsMissingIsNotFound) {
    ConnectOptions options;
    options.address = the_environment.server().address();
    options.namespace_name = "missing";
    const Client client = Client::connect(options);
    try {
        static_cast<void>(client.describe_namespace());
        FAIL() << "it was found";
    } catch (const RpcError& error) {
        EXPECT_EQ(error.code(), RpcCode::kNotFound);
        EXPECT_THAT(error.what(), HasSubstr("missing"));
    }
}

TEST_F(ClientServerTest, AServerThatIsNotThereIsUnreachable) {
    ConnectOptions options;
    options.address = "127.0.0.1:1";
    try {
        static_cast<void>(Client::connect(options));
        FAIL() << "it connected";
    } catch (const ConnectError& error) {
        EXPECT_EQ(error.kind(), ConnectError::Kind::kUnreachable);
        EXPECT_THAT(error.what(), HasSubstr("127.0.0.1:1"));
        EXPECT_THAT(error.what(), HasSubstr("check that the server runs"));
    }
}

TEST_F(ClientServerTest, ARunningWorkflowIsNotStartedTwice) {
    const WorkflowHandle first = start("twice");
    try {
        start("twice");
        FAIL() << "it was started";
    } catch (const WorkflowAlreadyStarted& error) {
        EXPECT_EQ(error.workflow_id(), "twice");
        EXPECT_EQ(error.run_id(), first.first_run_id());
    }
}

TEST_F(ClientServerTest, ARunningWorkflowCanBeUsedOrReplaced) {
    const WorkflowHandle first = start("conflict");
    StartOptions options = options_for("conflict");

    options.id_conflict_policy = WorkflowIdConflictPolicy::kUseExisting;
    const WorkflowHandle attached = client_.start("Nobody", {}, options);
    options.id_conflict_policy = WorkflowIdConflictPolicy::kTerminateExisting;
    const WorkflowHandle replacing = client_.start("Nobody", {}, options);

    EXPECT_TRUE(first.newly_started());
    EXPECT_FALSE(attached.newly_started());
    EXPECT_EQ(attached.first_run_id(), first.first_run_id());
    EXPECT_TRUE(replacing.newly_started());
    EXPECT_NE(replacing.first_run_id(), first.first_run_id());
    EXPECT_EQ(
        client_.handle("conflict", first.first_run_id()).describe().execution.status,
        WorkflowStatus::kTerminated
    );
}

TEST_F(ClientServerTest, AnIdMayBeUsedAgainAsThePolicySays) {
    start("reuse").terminate();
    StartOptions options = options_for("reuse");

    options.id_reuse_policy = WorkflowIdReusePolicy::kRejectDuplicate;
    EXPECT_THROW(client_.start("Nobody", {}, options), WorkflowAlreadyStarted);
    options.id_reuse_policy =
        WorkflowIdReusePolicy::kAllowDuplicateFailedOnly;  // Terminated counts as failed.
    client_.start("Nobody", {}, options).terminate();
    options.id_reuse_policy = WorkflowIdReusePolicy::kAllowDuplicate;
    EXPECT_TRUE(client_.start("Nobody", {}, options).newly_started());
}

TEST_F(ClientServerTest, AStartWithoutAQueueSaysSo) {
    try {
        client_.start("Nobody", {}, {.id = "no-queue"});
        FAIL() << "it was started";
    } catch (const RpcError& error) {
        EXPECT_EQ(error.code(), RpcCode::kInvalidArgument);
        EXPECT_THAT(error.what(), HasSubstr("workflow 'no-queue': StartWorkflowExecution"));
    }
}

TEST_F(ClientServerTest, WhatAWorkflowIsStartedWithIsInItsDescription) {
    const TimePoint due{std::chrono::milliseconds{1'700'000'000'250}};
    StartOptions options = options_for("annotated");
    options.execution_timeout = 1h;
    options.run_timeout = 30min;
    options.memo = {{"answer", to_payload(42)}};
    options.summary = "a summary";
    options.search_attributes.set(kModel, "digits")
        .set(kNote, "some words")
        .set(kSize, 7)
        .set(kRatio, 0.5)
        .set(kUrgent, true)
        .set(kDue, due)
        .set(kTags, {"a", "b"});

    const WorkflowDescription description = client_.start("Nobody", {}, options).describe();

    const WorkflowExecution& execution = description.execution;
    EXPECT_EQ(execution.workflow_id, "annotated");
    EXPECT_EQ(execution.workflow_type, "Nobody");
    EXPECT_EQ(execution.task_queue, "nobody-serves-this");
    EXPECT_EQ(execution.status, WorkflowStatus::kRunning);
    EXPECT_EQ(execution.history_length, 2);
    EXPECT_EQ(execution.close_time, std::nullopt);
    EXPECT_EQ(from_payload<int>(execution.memo.at("answer")), 42);
    EXPECT_EQ(execution.search_attributes.get(kModel), "digits");
    EXPECT_EQ(execution.search_attributes.get(kNote), "some words");
    EXPECT_EQ(execution.search_attributes.get(kSize), 7);
    EXPECT_EQ(execution.search_attributes.get(kRatio), 0.5);
    EXPECT_EQ(execution.search_attributes.get(kUrgent), true);
    EXPECT_EQ(execution.search_attributes.get(kDue), due);
    EXPECT_EQ(execution.search_attributes.get(kTags), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(description.summary, "a summary");
    EXPECT_EQ(description.execution_timeout, 1h);
    EXPECT_EQ(description.run_timeout, 30min);
    EXPECT_TRUE(description.pending_activities.empty());
    ASSERT_TRUE(description.pending_workflow_task);
    EXPECT_FALSE(description.pending_workflow_task->started);
}

TEST_F(ClientServerTest, ADelayedStartWaits) {
    StartOptions options = options_for("delayed");
    options.start_delay = 1h;

    const WorkflowExecution execution = client_.start("Nobody", {}, options).describe().execution;

    ASSERT_TRUE(execution.execution_time);
    EXPECT_GE(*execution.execution_time - execution.start_time, 59min);
}

TEST_F(ClientServerTest, ListsAndCountsByAttribute) {
    for (int i = 0; i < 5; ++i) {
        StartOptions options = options_for("listed-" + std::to_string(i));
        options.search_attributes.set(kModel, "listed");
        client_.start("Nobody", {}, options);
    }
    const std::string query = "TestModel = 'listed'";

    EXPECT_TRUE(eventually([&] { return client_.count(query) == 5; }));
    EXPECT_EQ(client_.list(query, {.page_size = 2}).size(), 5U);
    EXPECT_EQ(client_.list(query, {.limit = 3, .page_size = 2}).size(), 3U);
    EXPECT_EQ(client_.list(query).at(0).search_attributes.get(kModel), "listed");
    EXPECT_TRUE(client_.list("TestModel = 'nothing'").empty());
    EXPECT_THROW(static_cast<void>(client_.list("no query at all")), RpcError);
}

TEST_F(ClientServerTest, ATerminatedWorkflowHasTheReasonAsItsFailure) {
    const WorkflowHandle handle = start("terminated");

    handle.terminate("operator said so");

    try {
        handle.result<int>();
        FAIL() << "it completed";
    } catch (const WorkflowFailed& error) {
        EXPECT_NE(dynamic_cast<const TerminatedFailure*>(error.failure().get()), nullptr);
        EXPECT_EQ(error.failure()->message(), "operator said so");
    }
    EXPECT_EQ(handle.describe().execution.status, WorkflowStatus::kTerminated);
}

TEST_F(ClientServerTest, AWorkflowThatTimesOutWhileItIsAwaitedIsATimeout) {
    StartOptions options = options_for("timed-out");
    options.execution_timeout = 1s;
    try {
        client_.start("Nobody", {}, options).result<int>({.timeout = 60s});
        FAIL() << "it completed";
    } catch (const WorkflowFailed& error) {
        EXPECT_NE(dynamic_cast<const TimeoutFailure*>(error.failure().get()), nullptr)
            << error.what();
    }
}

TEST_F(ClientServerTest, WaitingForAResultEndsByTimeoutAndByStop) {
    const WorkflowHandle handle = start("awaited");
    const auto code_of_waiting = [&handle](const CallOptions& options) {
        try {
            handle.result<int>(options);
        } catch (const RpcError& error) {
            return error.code();
        }
        return RpcCode::kOk;
    };
    std::stop_source stop;
    std::jthread stopper([&stop] { stop.request_stop(); });

    EXPECT_EQ(code_of_waiting({.timeout = 200ms}), RpcCode::kDeadlineExceeded);
    EXPECT_EQ(code_of_waiting({.stop = stop.get_token()}), RpcCode::kCancelled);
}

TEST_F(ClientServerTest, CancelsAndSignalsAreInTheHistory) {
    const WorkflowHandle handle = start("steered");

    handle.signal("say", to_payloads(std::string("hello")));
    handle.cancel("enough");

    const std::string history = handle.fetch_history().to_json();
    EXPECT_THAT(history, HasSubstr(R"("signalName": "say")"));
    EXPECT_THAT(history, HasSubstr(R"("cause": "enough")"));
    EXPECT_EQ(History::from_json(history).workflow_id(), "steered");
}

TEST_F(ClientServerTest, ACancelOfTheWrongChainIsRefused) {
    const WorkflowHandle stale = start("chain");
    stale.terminate();
    start("chain");

    EXPECT_THROW(stale.cancel(), RpcError);
}

TEST_F(ClientServerTest, AQueryThatNoWorkerAnswersSaysWhatToCheck) {
    const WorkflowHandle handle = start("queried");
    try {
        static_cast<void>(handle.query<int>("status", {}, {.timeout = 1s}));
        FAIL() << "it was answered";
    } catch (const RpcError& error) {
        EXPECT_THAT(error.what(), HasSubstr("query 'status' of workflow 'queried'"));
        EXPECT_THAT(error.what(), HasSubstr("check that one serves the task queue"));
    }
}

TEST_F(ClientServerTest, AClosedWorkflowRejectsQueriesIfThatIsAskedFor) {
    const WorkflowHandle handle = start("closed");
    handle.terminate();

    EXPECT_THROW(
        static_cast<void>(
            handle.query<int>("status", {}, {.reject_condition = QueryRejectCondition::kNotOpen})
        ),
        QueryRejected
    );
}

TEST_F(ClientServerTest, AWorkflowThatIsMissingIsNamed) {
    try {
        static_cast<void>(client_.handle("missing").describe());
        FAIL() << "it was found";
    } catch (const WorkflowNotFound& error) {
        EXPECT_THAT(error.what(), HasSubstr("workflow 'missing'"));
    }
    EXPECT_THROW(client_.handle("missing").signal("s", {}), WorkflowNotFound);
    EXPECT_THROW(client_.handle("missing").cancel(), WorkflowNotFound);
}

TEST_F(ClientServerTest, AQueueThatNobodyServesHasNoPollersAndABacklog) {
    start("backlog");

    EXPECT_TRUE(
        client_.describe_task_queue("nobody-serves-this", TaskQueueKind::kActivity).pollers.empty()
    );
    EXPECT_TRUE(eventually([&] {
        return client_.describe_task_queue("nobody-serves-this", TaskQueueKind::kWorkflow).backlog >
               0;
    }));
}

TEST_F(ClientServerTest, TheEnvironmentIsReadInLayers) {
    const std::string file = testing::TempDir() + "client_server_test.toml";
    std::ofstream(file) << "[profile.default]\naddress = \"file:1\"\nnamespace = \"of-file\"\n"
                        << "[profile.other]\naddress = \"other:1\"\n";
    setenv("TEMPORAL_CONFIG_FILE", file.c_str(), 1);
    setenv("TEMPORAL_ADDRESS", the_environment.server().address().c_str(), 1);

    const ConnectOptions both = ConnectOptions::from_environment();
    ConnectOptions of_file;
    of_file.apply_environment(EnvironmentSource::kFile);
    ConnectOptions of_variables;
    of_variables.apply_environment(EnvironmentSource::kVariables);
    setenv("TEMPORAL_PROFILE", "other", 1);
    ConnectOptions of_other_profile;
    of_other_profile.apply_environment(EnvironmentSource::kFile);
    for (const char* name : {"TEMPORAL_CONFIG_FILE", "TEMPORAL_ADDRESS", "TEMPORAL_PROFILE"}) {
        unsetenv(name);
    }

    EXPECT_EQ(both.address, the_environment.server().address());
    EXPECT_EQ(both.namespace_name, "of-file");
    EXPECT_FALSE(both.tls);
    EXPECT_EQ(of_file.address, "file:1");
    EXPECT_EQ(of_variables.address, the_environment.server().address());
    EXPECT_EQ(of_variables.namespace_name, "default");
    EXPECT_EQ(of_other_profile.address, "other:1");
}

TEST_F(ClientServerTest, TheRuntimeServesMetricsAndForwardsTheLog) {
    std::atomic<int> lines{0};
    RuntimeOptions options;
    options.log_filter = "trace";
    options.log_sink = [&lines](const LogRecord&) { ++lines; };
    options.metrics_address = "127.0.0.1:0";
    const Runtime runtime(options);
    ConnectOptions connect_options;
    connect_options.address = the_environment.server().address();

    static_cast<void>(Client::connect(connect_options, runtime).check_health());

    EXPECT_THAT(runtime.metrics_address(), testing::StartsWith("127.0.0.1:"));
    EXPECT_THAT(runtime.metrics_address(), testing::Not(testing::EndsWith(":0")));
    EXPECT_GT(lines, 0);
}

TEST_F(ClientServerTest, SurvivesARestartOfTheServer) {
    start("before");

    the_environment.server().kill();
    the_environment.server().restart();

    // Without a file the server has forgotten the workflow, but the connection is as good as new.
    EXPECT_THROW(static_cast<void>(client_.handle("before").describe()), WorkflowNotFound);
    EXPECT_TRUE(start("after").newly_started());
}

}  // namespace
}  // namespace temporal
