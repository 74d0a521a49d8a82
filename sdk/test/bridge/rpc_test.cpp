#include "bridge/rpc.hpp"

#include "bridge/connection.hpp"
#include "bridge/one_shot.hpp"
#include "scripted_core/scripted_core.hpp"
#include "temporal/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace temporal::bridge {
namespace {

using namespace std::chrono_literals;
using scripted::RpcReply;
using scripted::RpcRequest;
using scripted::ScriptedCore;
using testing::HasSubstr;

class Rpc : public testing::Test {
protected:
    ScriptedCore core_;
    std::shared_ptr<Connection> connection_ = Connection::connect(Runtime::make({}), {}, {});

    RpcError error_of(const RpcCall& rpc, const std::stop_token& stop = {}) const {
        try {
            static_cast<void>(call(*connection_, rpc, stop));
        } catch (const RpcError& error) {
            return error;
        }
        return {RpcCode::kOk, "no error"};
    }
};

TEST_F(Rpc, CarriesTheRequestThereAndTheAnswerBack) {
    core_.on_rpc("Echo", [](const RpcRequest& request) {
        return RpcReply{.response = request.request + "!"};
    });

    const Buffer answer = call(
        *connection_,
        {.service = RpcService::kOperator, .method = "Echo", .request = "hi", .timeout = 1500us},
        {}
    );

    EXPECT_EQ(answer.view(), "hi!");
    const RpcRequest sent = core_.rpcs().at(0);
    EXPECT_EQ(sent.service, 2U);
    EXPECT_EQ(sent.metadata_json, "{}");
    EXPECT_TRUE(sent.retry);
    EXPECT_EQ(sent.timeout, 2ms);
}

TEST_F(Rpc, IsRetriedByCoreOnlyIfThatIsWanted) {
    core_.on_rpc("Echo", [](const RpcRequest&) { return RpcReply{}; });

    EXPECT_TRUE(call(*connection_, {.method = "Echo", .retry = false}, {}).empty());

    EXPECT_FALSE(core_.rpcs().at(0).retry);
}

TEST_F(Rpc, EveryCodeBecomesAnErrorThatNamesTheMethodTheCauseAndTheCode) {
    struct Case {
        std::int32_t number;
        RpcCode code;
        const char* name;
    };
    const std::vector<Case> cases = {
        {1, RpcCode::kCancelled, "CANCELLED"},
        {2, RpcCode::kUnknown, "UNKNOWN"},
        {3, RpcCode::kInvalidArgument, "INVALID_ARGUMENT"},
        {4, RpcCode::kDeadlineExceeded, "DEADLINE_EXCEEDED"},
        {5, RpcCode::kNotFound, "NOT_FOUND"},
        {6, RpcCode::kAlreadyExists, "ALREADY_EXISTS"},
        {7, RpcCode::kPermissionDenied, "PERMISSION_DENIED"},
        {8, RpcCode::kResourceExhausted, "RESOURCE_EXHAUSTED"},
        {9, RpcCode::kFailedPrecondition, "FAILED_PRECONDITION"},
        {10, RpcCode::kAborted, "ABORTED"},
        {11, RpcCode::kOutOfRange, "OUT_OF_RANGE"},
        {12, RpcCode::kUnimplemented, "UNIMPLEMENTED"},
        {13, RpcCode::kInternal, "INTERNAL"},
        {14, RpcCode::kUnavailable, "UNAVAILABLE"},
        {15, RpcCode::kDataLoss, "DATA_LOSS"},
        {16, RpcCode::kUnauthenticated, "UNAUTHENTICATED"},
        {17, RpcCode::kUnknown, "UNKNOWN"},
        {-1, RpcCode::kInternal, "INTERNAL"},
        {-7, RpcCode::kUnknown, "UNKNOWN"},
    };
    for (const Case& test : cases) {
        core_.on_rpc("Fail", [&test](const RpcRequest&) {
            return RpcReply{.code = test.number, .message = "because", .details = "bytes"};
        });

        const RpcError error = error_of({.method = "Fail"});

        EXPECT_EQ(error.code(), test.code) << test.number;
        EXPECT_EQ(error.details(), "bytes");
        EXPECT_EQ(std::string(error.what()), std::string("Fail: because (") + test.name + ")");
    }
}

TEST_F(Rpc, EndsByItsTimeout) {
    core_.on_rpc("Hang", [](const RpcRequest&) { return RpcReply{.hold = true}; });

    EXPECT_EQ(error_of({.method = "Hang", .timeout = 1ms}).code(), RpcCode::kDeadlineExceeded);
}

TEST_F(Rpc, EndsAtOnceWhenItIsStopped) {
    core_.on_rpc("Hang", [](const RpcRequest&) { return RpcReply{.hold = true}; });
    std::stop_source stop;
    std::jthread stopper([&stop] { stop.request_stop(); });

    EXPECT_EQ(
        error_of({.method = "Hang", .timeout = 1h}, stop.get_token()).code(), RpcCode::kCancelled
    );
}

TEST_F(Rpc, ThatIsStoppedBeforeItBeginsEndsAtOnceToo) {
    core_.on_rpc("Hang", [](const RpcRequest&) { return RpcReply{.hold = true}; });
    std::stop_source stop;
    stop.request_stop();

    EXPECT_EQ(
        error_of({.method = "Hang", .timeout = 1h}, stop.get_token()).code(), RpcCode::kCancelled
    );
}

TEST_F(Rpc, AnswersACallbackOnceAndFreesIt) {
    core_.on_rpc("Echo", [](const RpcRequest&) { return RpcReply{.response = "yes"}; });
    const auto answer = std::make_shared<OneShot<std::string>>();
    const auto witness = std::make_shared<int>(7);

    call_async(
        *connection_,
        {.method = "Echo"},
        nullptr,
        [answer, held = witness](const RpcOutcome& outcome) { answer->set(outcome.response.str()); }
    );

    EXPECT_EQ(answer->wait(), "yes");
    connection_.reset();  // Waits for the callback's thread.
    EXPECT_EQ(witness.use_count(), 1);
}

TEST_F(Rpc, ManyAtOnceEachGetTheirOwnAnswer) {
    core_.on_rpc("Echo", [](const RpcRequest& request) {
        return RpcReply{.response = request.request};
    });
    std::vector<std::jthread> callers;
    for (int i = 0; i < 8; ++i) {
        callers.emplace_back([this, i] {
            for (int call_number = 0; call_number < 25; ++call_number) {
                const std::string request = std::to_string(i) + "/" + std::to_string(call_number);
                EXPECT_EQ(
                    call(*connection_, {.method = "Echo", .request = request}, {}).view(), request
                );
            }
        });
    }
}

}  // namespace
}  // namespace temporal::bridge
