#include "temporal/client.hpp"

#include "google/rpc/status.pb.h"
#include "scripted_core/scripted_core.hpp"
#include "temporal/api/errordetails/v1/message.pb.h"
#include "temporal/api/workflowservice/v1/request_response.pb.h"
#include "temporal/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

namespace temporal {
namespace {

using namespace std::chrono_literals;
namespace service = api::workflowservice::v1;
using scripted::RpcReply;
using scripted::RpcRequest;
using scripted::ScriptedCore;
using testing::ElementsAre;
using testing::HasSubstr;

struct Chat {
    Task<std::string> run(WorkflowContext /*context*/, std::string topic, int /*turns*/) {
        co_return topic;
    }
    void say(std::string /*line*/) {}
    int tokens() const { return 0; }
    Task<int> limit(int limit) { co_return limit; }
    std::string line(int /*number*/) const { return {}; }
    static constexpr auto definition = workflow<&Chat::run>(
        "Chat",  //
        signal<"say", &Chat::say>,
        query<"tokens", &Chat::tokens>,
        query<"line", &Chat::line>,
        update<"limit", &Chat::limit>
    );
};

struct Greeter {
    Task<int> run(WorkflowContext /*context*/, std::string /*name*/) { co_return 0; }
    static constexpr auto definition = workflow<&Greeter::run>("Greeter");
};

struct Sweeper {
    Task<void> run(WorkflowContext /*context*/) { co_return; }
    static constexpr auto definition = workflow<&Sweeper::run>("Sweeper");
};

constexpr Workflow<int(std::string, bool)> kForeign{"ForeignWorkflow"};

/// An answer that a test writes down as a protobuf message.
template <class Message>
RpcReply answer(const Message& message) {
    return {.response = message.SerializeAsString()};
}

template <class Detail>
RpcReply refusal(RpcCode code, const Detail& detail) {
    google::rpc::Status status;
    status.add_details()->PackFrom(detail);
    return {
        .code = static_cast<std::int32_t>(code),
        .message = "the server's words",
        .details = status.SerializeAsString(),
    };
}

void set_payload(api::common::v1::Payload& message, const std::string& json) {
    (*message.mutable_metadata())["encoding"] = "json/plain";
    message.set_data(json);
}

class ClientTest : public testing::Test {
protected:
    static Client connect() {
        ConnectOptions options;
        options.namespace_name = "prod";
        options.identity = "me";
        return Client::connect(options);
    }

    /// The one request of that method that was sent.
    template <class Request>
    Request sent(const std::string& method) const {
        Request request;
        for (const RpcRequest& rpc : core_.rpcs()) {
            if (rpc.method == method) {
                request.ParseFromString(rpc.request);
            }
        }
        return request;
    }

    void accept_starts() {
        core_.on_rpc("StartWorkflowExecution", [](const RpcRequest&) {
            service::StartWorkflowExecutionResponse response;
            response.set_run_id("run-1");
            response.set_started(true);
            return answer(response);
        });
    }

    ScriptedCore core_;
    Client client_ = connect();
};

TEST_F(ClientTest, KnowsWhereItIsConnected) {
    EXPECT_EQ(client_.address(), "127.0.0.1:7233");
    EXPECT_EQ(client_.namespace_name(), "prod");
    EXPECT_EQ(client_.identity(), "me");
    EXPECT_THAT(Client::connect({}).identity(), HasSubstr("@"));
}

TEST_F(ClientTest, StartsAWorkflowByItsName) {
    accept_starts();

    const WorkflowHandle handle = client_.start(
        "Anything", to_payloads(1, 2), {.id = "w-1", .task_queue = "queue"}, {.timeout = 7s}
    );

    const auto request = sent<service::StartWorkflowExecutionRequest>("StartWorkflowExecution");
    EXPECT_EQ(request.namespace_(), "prod");
    EXPECT_EQ(request.identity(), "me");
    EXPECT_EQ(request.request_id().size(), 36U);
    EXPECT_EQ(request.workflow_type().name(), "Anything");
    EXPECT_EQ(request.input().payloads_size(), 2);
    EXPECT_EQ(core_.rpcs().at(0).timeout, 7s);
    EXPECT_TRUE(core_.rpcs().at(0).retry);
    EXPECT_EQ(handle.workflow_id(), "w-1");
    EXPECT_EQ(handle.run_id(), "");
    EXPECT_EQ(handle.first_run_id(), "run-1");
    EXPECT_TRUE(handle.newly_started());
}

TEST_F(ClientTest, StartsAWorkflowByItsClass) {
    accept_starts();

    client_.start<Greeter>("Ada", {.id = "w", .task_queue = "q"});

    const auto request = sent<service::StartWorkflowExecutionRequest>("StartWorkflowExecution");
    EXPECT_EQ(request.workflow_type().name(), "Greeter");
    ASSERT_EQ(request.input().payloads_size(), 1);
    EXPECT_EQ(request.input().payloads(0).data(), "\"Ada\"");
}

TEST_F(ClientTest, StartsAWorkflowWithSeveralArgumentsOrNone) {
    accept_starts();

    client_.start<Chat>({"weather", 3}, {.id = "w", .task_queue = "q"});
    const auto chat = sent<service::StartWorkflowExecutionRequest>("StartWorkflowExecution");
    client_.start<Sweeper>({.id = "w", .task_queue = "q"});
    const auto sweeper = sent<service::StartWorkflowExecutionRequest>("StartWorkflowExecution");

    ASSERT_EQ(chat.input().payloads_size(), 2);
    EXPECT_EQ(chat.input().payloads(1).data(), "3");
    EXPECT_EQ(sweeper.workflow_type().name(), "Sweeper");
    EXPECT_FALSE(sweeper.has_input());
}

TEST_F(ClientTest, StartsAWorkflowByItsToken) {
    accept_starts();

    const TypedWorkflowHandle<int> handle =
        client_.start(kForeign("Ada", true), {.id = "w", .task_queue = "q"});

    const auto request = sent<service::StartWorkflowExecutionRequest>("StartWorkflowExecution");
    EXPECT_EQ(handle.workflow_id(), "w");
    EXPECT_EQ(request.workflow_type().name(), "ForeignWorkflow");
    ASSERT_EQ(request.input().payloads_size(), 2);
    EXPECT_EQ(request.input().payloads(1).data(), "true");
}

TEST_F(ClientTest, SaysThatAWorkflowIsThereAlready) {
    core_.on_rpc("StartWorkflowExecution", [](const RpcRequest&) {
        api::errordetails::v1::WorkflowExecutionAlreadyStartedFailure detail;
        detail.set_run_id("run-0");
        return refusal(RpcCode::kAlreadyExists, detail);
    });
    try {
        client_.start("W", {}, {.id = "w-1", .task_queue = "q"});
        FAIL() << "it was started";
    } catch (const WorkflowAlreadyStarted& error) {
        EXPECT_EQ(error.workflow_id(), "w-1");
        EXPECT_EQ(error.run_id(), "run-0");
    }
}

TEST_F(ClientTest, SaysWhenItAttachedToARunningWorkflow) {
    core_.on_rpc("StartWorkflowExecution", [](const RpcRequest&) {
        service::StartWorkflowExecutionResponse response;
        response.set_run_id("run-2");
        response.set_first_execution_run_id("run-1");
        return answer(response);
    });

    const WorkflowHandle handle = client_.start(
        "W",
        {},
        {.id = "w", .task_queue = "q", .id_conflict_policy = WorkflowIdConflictPolicy::kUseExisting}
    );

    EXPECT_FALSE(handle.newly_started());
    EXPECT_EQ(handle.first_run_id(), "run-1");
}

TEST_F(ClientTest, SignalsByNameAndByMember) {
    core_.on_rpc("SignalWorkflowExecution", [](const RpcRequest&) { return RpcReply{}; });
    const WorkflowHandle handle = client_.handle("chat-1", "run-1");

    handle.signal("pause", {});
    const auto by_name = sent<service::SignalWorkflowExecutionRequest>("SignalWorkflowExecution");
    handle.signal<&Chat::say>("hello");
    const auto by_member = sent<service::SignalWorkflowExecutionRequest>("SignalWorkflowExecution");
    handle.signal<&Chat::say>({.timeout = 3s}, "again");

    EXPECT_EQ(by_name.signal_name(), "pause");
    EXPECT_EQ(by_name.workflow_execution().workflow_id(), "chat-1");
    EXPECT_EQ(by_name.workflow_execution().run_id(), "run-1");
    EXPECT_EQ(by_member.signal_name(), "say");
    EXPECT_EQ(by_member.input().payloads(0).data(), "\"hello\"");
    EXPECT_NE(by_member.request_id(), by_name.request_id());
    EXPECT_EQ(core_.rpcs().back().timeout, 3s);
}

TEST_F(ClientTest, QueriesByNameAndByMember) {
    core_.on_rpc("QueryWorkflow", [](const RpcRequest& rpc) {
        service::QueryWorkflowRequest request;
        request.ParseFromString(rpc.request);
        service::QueryWorkflowResponse response;
        set_payload(
            *response.mutable_query_result()->add_payloads(),
            request.query().query_type() == "line" ? "\"hi\"" : "42"
        );
        return answer(response);
    });
    const WorkflowHandle handle = client_.handle("chat-1");

    EXPECT_EQ(handle.query<int>("tokens"), 42);
    EXPECT_EQ(handle.query<&Chat::tokens>(), 42);
    EXPECT_EQ(handle.query<&Chat::line>(7), "hi");
    EXPECT_EQ(
        sent<service::QueryWorkflowRequest>("QueryWorkflow")
            .query()
            .query_args()
            .payloads(0)
            .data(),
        "7"
    );
    EXPECT_EQ(
        handle.query<&Chat::line>(
            {.timeout = 2s, .reject_condition = QueryRejectCondition::kNotOpen}, 7
        ),
        "hi"
    );
    EXPECT_EQ(core_.rpcs().back().timeout, 2s);
    EXPECT_EQ(
        sent<service::QueryWorkflowRequest>("QueryWorkflow").query_reject_condition(),
        api::enums::v1::QUERY_REJECT_CONDITION_NOT_OPEN
    );
}

TEST_F(ClientTest, SaysWhyAQueryWasRejected) {
    core_.on_rpc("QueryWorkflow", [](const RpcRequest&) {
        service::QueryWorkflowResponse response;
        response.mutable_query_rejected()->set_status(
            api::enums::v1::WORKFLOW_EXECUTION_STATUS_TERMINATED
        );
        return answer(response);
    });
    try {
        static_cast<void>(client_.handle("chat-1").query<int>("tokens"));
        FAIL() << "it was answered";
    } catch (const QueryRejected& error) {
        EXPECT_THAT(
            error.what(),
            HasSubstr("'tokens' of workflow 'chat-1' was rejected: its status is Terminated")
        );
    }
}

TEST_F(ClientTest, SendsAnUpdateUntilItIsAcceptedAndAsksForItsResult) {
    std::atomic<int> sends = 0;
    core_.on_rpc("UpdateWorkflowExecution", [&sends](const RpcRequest&) {
        service::UpdateWorkflowExecutionResponse response;
        // The first answer comes at the server's own time limit.
        response.set_stage(
            ++sends == 1 ? api::enums::v1::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED
                         : api::enums::v1::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED
        );
        response.mutable_update_ref()->mutable_workflow_execution()->set_run_id("run-1");
        return answer(response);
    });
    std::atomic<int> polls = 0;
    core_.on_rpc("PollWorkflowExecutionUpdate", [&polls](const RpcRequest&) {
        service::PollWorkflowExecutionUpdateResponse response;
        if (++polls > 1) {
            response.set_stage(api::enums::v1::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED);
            set_payload(*response.mutable_outcome()->mutable_success()->add_payloads(), "42");
        }
        return answer(response);
    });

    EXPECT_EQ(client_.handle("chat-1").update<&Chat::limit>(UpdateOptions{.id = "u-1"}, 7), 42);

    const auto request = sent<service::UpdateWorkflowExecutionRequest>("UpdateWorkflowExecution");
    EXPECT_EQ(request.namespace_(), "prod");
    EXPECT_EQ(request.workflow_execution().workflow_id(), "chat-1");
    EXPECT_EQ(request.request().meta().update_id(), "u-1");
    EXPECT_EQ(request.request().meta().identity(), "me");
    EXPECT_EQ(request.request().input().name(), "limit");
    EXPECT_EQ(request.request().input().args().payloads(0).data(), "7");
    EXPECT_EQ(
        request.wait_policy().lifecycle_stage(),
        api::enums::v1::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED
    );
    const auto poll =
        sent<service::PollWorkflowExecutionUpdateRequest>("PollWorkflowExecutionUpdate");
    EXPECT_EQ(poll.update_ref().update_id(), "u-1");
    EXPECT_EQ(poll.update_ref().workflow_execution().run_id(), "run-1") << "the run that took it";
    EXPECT_EQ(sends, 2);
    EXPECT_EQ(polls, 2);
}

TEST_F(ClientTest, ARefusedUpdateThrowsItsFailure) {
    core_.on_rpc("UpdateWorkflowExecution", [](const RpcRequest&) {
        service::UpdateWorkflowExecutionResponse response;
        response.set_stage(api::enums::v1::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED);
        auto& failure = *response.mutable_outcome()->mutable_failure();
        failure.set_message("at most 10");
        failure.mutable_application_failure_info()->set_type("TooHigh");
        return answer(response);
    });

    try {
        static_cast<void>(client_.handle("chat-1").start_update<&Chat::limit>({.id = "u-1"}, 11));
        FAIL() << "it was accepted";
    } catch (const UpdateFailed& error) {
        EXPECT_STREQ(error.what(), "update 'u-1' of workflow 'chat-1' failed: at most 10");
        EXPECT_EQ(dynamic_cast<const ApplicationFailure&>(*error.failure()).type(), "TooHigh");
    }
}

TEST_F(ClientTest, AnUpdateThatNoWorkerTakesEndsWithTheTimeout) {
    core_.on_rpc("UpdateWorkflowExecution", [](const RpcRequest&) {
        return answer(service::UpdateWorkflowExecutionResponse{});
    });

    try {
        static_cast<void>(
            client_.handle("chat-1").update<&Chat::limit>(UpdateOptions{.timeout = 20ms}, 7)
        );
        FAIL() << "it was accepted";
    } catch (const RpcError& error) {
        EXPECT_EQ(error.code(), RpcCode::kDeadlineExceeded);
        EXPECT_THAT(error.what(), HasSubstr("check that one serves the task queue"));
    }
}

TEST_F(ClientTest, CancelsAndTerminatesOnlyTheChainThatItStarted) {
    accept_starts();
    core_.on_rpc("RequestCancelWorkflowExecution", [](const RpcRequest&) { return RpcReply{}; });
    core_.on_rpc("TerminateWorkflowExecution", [](const RpcRequest&) { return RpcReply{}; });
    const WorkflowHandle handle = client_.start("W", {}, {.id = "w-1", .task_queue = "q"});

    handle.cancel("enough");
    handle.terminate("now");

    const auto cancel =
        sent<service::RequestCancelWorkflowExecutionRequest>("RequestCancelWorkflowExecution");
    EXPECT_EQ(cancel.workflow_execution().workflow_id(), "w-1");
    EXPECT_EQ(cancel.workflow_execution().run_id(), "");
    EXPECT_EQ(cancel.first_execution_run_id(), "run-1");
    EXPECT_EQ(cancel.reason(), "enough");
    EXPECT_FALSE(cancel.request_id().empty());
    const auto terminate =
        sent<service::TerminateWorkflowExecutionRequest>("TerminateWorkflowExecution");
    EXPECT_EQ(terminate.first_execution_run_id(), "run-1");
    EXPECT_EQ(terminate.reason(), "now");
}

TEST_F(ClientTest, NamesTheWorkflowThatIsNotThere) {
    for (const char* method :
         {"DescribeWorkflowExecution",
          "SignalWorkflowExecution",
          "QueryWorkflow",
          "RequestCancelWorkflowExecution",
          "TerminateWorkflowExecution",
          "GetWorkflowExecutionHistory"}) {
        core_.on_rpc(method, [](const RpcRequest&) {
            return RpcReply{.code = 5, .message = "not found"};
        });
    }
    const WorkflowHandle handle = client_.handle("missing");
    const std::vector<std::function<void()>> calls = {
        [&] { static_cast<void>(handle.describe()); },
        [&] { handle.signal("s", {}); },
        [&] { static_cast<void>(handle.query<int>("q")); },
        [&] { handle.cancel(); },
        [&] { handle.terminate(); },
        [&] { static_cast<void>(handle.result<int>()); },
        [&] { static_cast<void>(handle.fetch_history()); },
    };
    for (const auto& call : calls) {
        try {
            call();
            ADD_FAILURE() << "it was found";
        } catch (const WorkflowNotFound& error) {
            EXPECT_THAT(error.what(), HasSubstr("workflow 'missing'"));
        }
    }
}

TEST_F(ClientTest, DescribesAWorkflow) {
    core_.on_rpc("DescribeWorkflowExecution", [](const RpcRequest&) {
        service::DescribeWorkflowExecutionResponse response;
        response.mutable_workflow_execution_info()->set_status(
            api::enums::v1::WORKFLOW_EXECUTION_STATUS_RUNNING
        );
        return answer(response);
    });

    EXPECT_EQ(client_.handle("w").describe().execution.status, WorkflowStatus::kRunning);
}

TEST_F(ClientTest, ListsPageByPageUntilTheVisitorHasEnough) {
    std::vector<std::string> tokens;
    core_.on_rpc("ListWorkflowExecutions", [&tokens](const RpcRequest& rpc) {
        service::ListWorkflowExecutionsRequest request;
        request.ParseFromString(rpc.request);
        tokens.push_back(request.next_page_token());
        const int page =
            request.next_page_token().empty() ? 1 : std::stoi(request.next_page_token()) + 1;
        service::ListWorkflowExecutionsResponse response;
        for (int i = 0; i < 2; ++i) {
            auto& execution = *response.add_executions()->mutable_execution();
            execution.set_workflow_id(std::to_string(page) + (i == 0 ? "a" : "b"));
        }
        response.set_next_page_token(page < 3 ? std::to_string(page) : "");
        return answer(response);
    });
    const auto ids = [this](const ListOptions& options) {
        std::vector<std::string> found;
        for (const WorkflowExecution& execution : client_.list("WorkflowType = 'W'", options)) {
            found.push_back(execution.workflow_id);
        }
        return found;
    };

    EXPECT_THAT(ids({}), ElementsAre("1a", "1b", "2a", "2b", "3a", "3b"));
    EXPECT_THAT(tokens, ElementsAre("", "1", "2"));
    tokens.clear();
    EXPECT_THAT(ids({.limit = 3}), ElementsAre("1a", "1b", "2a"));
    EXPECT_THAT(tokens, ElementsAre("", "1"));
    tokens.clear();
    std::vector<std::string> visited;
    client_.list("", [&visited](const WorkflowExecution& execution) {
        visited.push_back(execution.workflow_id);
        return visited.size() < 2;
    });
    EXPECT_THAT(visited, ElementsAre("1a", "1b"));
    EXPECT_THAT(tokens, ElementsAre(""));
}

TEST_F(ClientTest, AsksForNoLargerPageThanTheLimit) {
    core_.on_rpc("ListWorkflowExecutions", [](const RpcRequest&) { return RpcReply{}; });

    EXPECT_TRUE(client_.list("q", {.limit = 3}).empty());

    const auto request = sent<service::ListWorkflowExecutionsRequest>("ListWorkflowExecutions");
    EXPECT_EQ(request.page_size(), 3);
    EXPECT_EQ(request.query(), "q");
}

TEST_F(ClientTest, CountsAndTellsOfQueuesNamespaceAndServer) {
    core_.on_rpc("CountWorkflowExecutions", [](const RpcRequest&) {
        service::CountWorkflowExecutionsResponse response;
        response.set_count(12);
        return answer(response);
    });
    core_.on_rpc("DescribeTaskQueue", [](const RpcRequest&) {
        service::DescribeTaskQueueResponse response;
        response.mutable_stats()->set_approximate_backlog_count(3);
        return answer(response);
    });
    core_.on_rpc("DescribeNamespace", [](const RpcRequest&) {
        service::DescribeNamespaceResponse response;
        response.mutable_namespace_info()->set_name("prod");
        return answer(response);
    });
    core_.on_rpc("GetSystemInfo", [](const RpcRequest&) {
        service::GetSystemInfoResponse response;
        response.set_server_version("1.29.1");
        return answer(response);
    });

    EXPECT_EQ(client_.count("q"), 12);
    EXPECT_EQ(client_.describe_task_queue("queue", TaskQueueKind::kActivity).backlog, 3);
    const auto queue = sent<service::DescribeTaskQueueRequest>("DescribeTaskQueue");
    EXPECT_EQ(queue.task_queue_type(), api::enums::v1::TASK_QUEUE_TYPE_ACTIVITY);
    EXPECT_TRUE(queue.report_stats());
    EXPECT_EQ(client_.describe_namespace().name, "prod");
    EXPECT_EQ(client_.check_health().version, "1.29.1");
}

TEST_F(ClientTest, SaysThatAnAnswerIsNotReadable) {
    core_.on_rpc("CountWorkflowExecutions", [](const RpcRequest&) {
        return RpcReply{.response = "\xff\xff"};
    });

    EXPECT_THROW(static_cast<void>(client_.count("q")), RpcError);
}

TEST_F(ClientTest, FetchesAllPagesOfAHistory) {
    core_.on_rpc("GetWorkflowExecutionHistory", [](const RpcRequest& rpc) {
        service::GetWorkflowExecutionHistoryRequest request;
        request.ParseFromString(rpc.request);
        service::GetWorkflowExecutionHistoryResponse response;
        response.mutable_history()->add_events()->set_event_id(
            request.next_page_token().empty() ? 1 : 2
        );
        response.set_next_page_token(request.next_page_token().empty() ? "more" : "");
        return answer(response);
    });

    EXPECT_EQ(client_.handle("w").fetch_history().event_count(), 2U);
}

TEST_F(ClientTest, MayBeUsedFromSeveralThreadsAtOnce) {
    accept_starts();
    std::vector<std::jthread> threads;
    std::atomic<int> started{0};
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([this, &started] {
            for (int start = 0; start < 25; ++start) {
                started +=
                    client_.start("W", {}, {.id = "w", .task_queue = "q"}).newly_started() ? 1 : 0;
            }
        });
    }
    threads.clear();

    EXPECT_EQ(started, 100);
}

}  // namespace
}  // namespace temporal
