#include "cli/lost_connection.hpp"

#include <gtest/gtest.h>

namespace inference::cli {
namespace {

using namespace std::chrono_literals;
using temporal::RpcCode;

constexpr Patience kShort{.whole = 20ms, .between = 1ms};

TEST(LostConnection, IsOneWhereNobodyAnswersAndNotAnAnswerThatSomebodyDoesNotLike) {
    for (const RpcCode code :
         {RpcCode::kUnavailable, RpcCode::kDeadlineExceeded, RpcCode::kUnknown}) {
        EXPECT_TRUE(is_lost(temporal::RpcError(code, "")));
    }
    for (const RpcCode code :
         {RpcCode::kNotFound, RpcCode::kPermissionDenied, RpcCode::kInvalidArgument}) {
        EXPECT_FALSE(is_lost(temporal::RpcError(code, "")));
    }
}

TEST(LostConnection, TheAskingGoesOnUntilThereIsAnAnswer) {
    int asked = 0;
    const auto third = [&asked] { return ++asked == 3; };
    EXPECT_TRUE(ask_until_answered(third, {.whole = 1h, .between = 1ms}, {}));
    EXPECT_EQ(asked, 3);
}

TEST(LostConnection, TheAskingEndsWithThePatience) {
    int asked = 0;
    const auto never = [&asked] {
        ++asked;
        return false;
    };
    EXPECT_FALSE(ask_until_answered(never, kShort, {}));
    EXPECT_GT(asked, 1);
}

TEST(LostConnection, ASignalEndsTheAskingAtOnce) {
    std::stop_source stop;
    const auto stopped_meanwhile = [&stop] {
        stop.request_stop();
        return false;
    };
    EXPECT_FALSE(
        ask_until_answered(stopped_meanwhile, {.whole = 1h, .between = 1h}, stop.get_token())
    );
}

TEST(LostConnection, TheTextOfAJobThatGoesOnHasBothWaysBack) {
    const std::string text = goes_on_text("j1");
    EXPECT_NE(text.find("inference-worker watch j1"), std::string::npos);
    EXPECT_NE(text.find("inference-worker result j1"), std::string::npos);
}

}  // namespace
}  // namespace inference::cli
