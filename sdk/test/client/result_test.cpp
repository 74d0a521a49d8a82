#include "scripted_core/scripted_core.hpp"
#include "temporal/api/workflowservice/v1/request_response.pb.h"
#include "temporal/client.hpp"
#include "temporal/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
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
using Event = api::history::v1::HistoryEvent;

RpcReply ends_with(const std::function<void(Event&)>& fill) {
    service::GetWorkflowExecutionHistoryResponse response;
    fill(*response.mutable_history()->add_events());
    return {.response = response.SerializeAsString()};
}

RpcReply completes(const std::string& json) {
    return ends_with([&json](Event& event) {
        auto& payload = *event.mutable_workflow_execution_completed_event_attributes()
                             ->mutable_result()
                             ->add_payloads();
        (*payload.mutable_metadata())["encoding"] = "json/plain";
        payload.set_data(json);
    });
}

RpcReply continues_as(const std::string& run_id) {
    return ends_with([&run_id](Event& event) {
        event.mutable_workflow_execution_continued_as_new_event_attributes()
            ->set_new_execution_run_id(run_id);
    });
}

/// The server's long poll came to its end without an event.
RpcReply still_runs(const std::string& token) {
    service::GetWorkflowExecutionHistoryResponse response;
    response.set_next_page_token(token);
    return {.response = response.SerializeAsString()};
}

class ResultTest : public testing::Test {
protected:
    /// Answers the polls one after the other; the last answer stays.
    void answer_polls(std::deque<RpcReply> replies) {
        core_.on_rpc(
            "GetWorkflowExecutionHistory",
            [this, replies = std::move(replies)](const RpcRequest& rpc) mutable {
                service::GetWorkflowExecutionHistoryRequest request;
                request.ParseFromString(rpc.request);
                const std::scoped_lock lock(mutex_);
                polls_.push_back(request.execution().run_id() + "/" + request.next_page_token());
                EXPECT_TRUE(request.wait_new_event());
                EXPECT_EQ(
                    request.history_event_filter_type(),
                    api::enums::v1::HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT
                );
                RpcReply reply = replies_left(replies);
                return reply;
            }
        );
    }

    std::vector<std::string> polls() {
        const std::scoped_lock lock(mutex_);
        return polls_;
    }

    ScriptedCore core_;
    Client client_ = Client::connect({});
    WorkflowHandle handle_ = client_.handle("w-1", "run-1");

private:
    static RpcReply replies_left(std::deque<RpcReply>& replies) {
        RpcReply next = replies.front();
        if (replies.size() > 1) {
            replies.pop_front();
        }
        return next;
    }

    std::mutex mutex_;
    std::vector<std::string> polls_;
};

TEST_F(ResultTest, IsReadFromTheEventThatClosedTheWorkflow) {
    answer_polls({completes("42")});

    EXPECT_EQ(handle_.result<int>(), 42);
    EXPECT_THAT(polls(), ElementsAre("run-1/"));
}

TEST_F(ResultTest, OfNothingMayBeAwaited) {
    answer_polls({completes("null")});

    handle_.result<void>();
}

TEST_F(ResultTest, IsPolledForAgainWithTheTokenWhileTheWorkflowRuns) {
    answer_polls({still_runs("t1"), still_runs("t2"), completes("42")});

    EXPECT_EQ(handle_.result<int>(), 42);
    EXPECT_THAT(polls(), ElementsAre("run-1/", "run-1/t1", "run-1/t2"));
}

TEST_F(ResultTest, IsPolledForAgainWhereAPollRanOutOfTime) {
    answer_polls({still_runs("t1"), RpcReply{.code = 4, .message = "too late"}, completes("42")});

    EXPECT_EQ(handle_.result<int>(), 42);
    EXPECT_THAT(polls(), ElementsAre("run-1/", "run-1/t1", "run-1/t1"));
}

TEST_F(ResultTest, IsThatOfTheLastRunOfAChain) {
    answer_polls({still_runs("t1"), continues_as("run-2"), continues_as("run-3"), completes("3")});

    EXPECT_EQ(handle_.result<int>(), 3);
    EXPECT_THAT(polls(), ElementsAre("run-1/", "run-1/t1", "run-2/", "run-3/"));
}

TEST_F(ResultTest, OfAFailedWorkflowIsItsFailure) {
    answer_polls({ends_with([](Event& event) {
        auto& failure =
            *event.mutable_workflow_execution_failed_event_attributes()->mutable_failure();
        failure.set_message("no such model");
        failure.mutable_application_failure_info()->set_type("Fatal");
    })});
    try {
        handle_.result<int>();
        FAIL() << "it completed";
    } catch (const WorkflowFailed& error) {
        EXPECT_EQ(find_application_failure(*error.failure())->type(), "Fatal");
        EXPECT_THAT(error.what(), HasSubstr("workflow 'w-1' did not complete: no such model"));
    }
}

TEST_F(ResultTest, ThatDoesNotComeInTimeIsAnErrorThatSaysThatItGoesOn) {
    answer_polls({RpcReply{.hold = true}});
    try {
        handle_.result<int>({.timeout = 20ms});
        FAIL() << "it completed";
    } catch (const RpcError& error) {
        EXPECT_EQ(error.code(), RpcCode::kDeadlineExceeded);
        EXPECT_THAT(error.what(), HasSubstr("'w-1' has not ended"));
    }
    EXPECT_LE(core_.rpcs().at(0).timeout, 20ms);
}

TEST_F(ResultTest, IsGivenUpAtOnceWhenItIsStopped) {
    answer_polls({RpcReply{.hold = true}});
    std::stop_source stop;
    std::jthread stopper([&stop] { stop.request_stop(); });
    try {
        handle_.result<int>({.stop = stop.get_token()});
        FAIL() << "it completed";
    } catch (const RpcError& error) {
        EXPECT_EQ(error.code(), RpcCode::kCancelled);
    }
}

TEST_F(ResultTest, OtherErrorsOfAPollAreNotRepeated) {
    answer_polls({RpcReply{.code = 7, .message = "not yours"}});

    EXPECT_THROW(handle_.result<int>(), RpcError);
    EXPECT_EQ(polls().size(), 1U);
}

TEST_F(ResultTest, OfAStartIsAwaitedFromItsFirstRunOn) {
    core_.on_rpc("StartWorkflowExecution", [](const RpcRequest&) {
        service::StartWorkflowExecutionResponse response;
        response.set_run_id("first");
        return RpcReply{.response = response.SerializeAsString()};
    });
    answer_polls({completes("1")});

    EXPECT_EQ(client_.start("W", {}, {.id = "w-1", .task_queue = "q"}).result<int>(), 1);
    EXPECT_THAT(polls(), ElementsAre("first/"));
}

}  // namespace
}  // namespace temporal
