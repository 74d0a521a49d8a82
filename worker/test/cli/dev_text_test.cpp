#include "cli/dev_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inference::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(DevText, CommandsNeedNoAddressWhereTheServerIsAtTheUsualOne) {
    const DevFacts usual{
        .address = "127.0.0.1:7233",
        .namespace_name = "default",
        .ui = "http://127.0.0.1:8233",
        .engine_http = "http://127.0.0.1:1/v1",
        .engine_grpc = "127.0.0.1:2"
    };
    EXPECT_THAT(to_text(usual), HasSubstr("submit --model sim-chat"));
    EXPECT_THAT(to_text(usual), Not(HasSubstr("--address")));
    EXPECT_THAT(to_text(usual), HasSubstr("http://127.0.0.1:8233"));
}

TEST(DevText, ElseTheyNameTheAddressAndTheNamespace) {
    const DevFacts other{.address = "127.0.0.1:9", .namespace_name = "mine", .models = {"m"}};
    EXPECT_THAT(
        to_text(other), HasSubstr("submit --address 127.0.0.1:9 --namespace mine --model m")
    );
    EXPECT_THAT(to_text(other), Not(HasSubstr("Web page")));
}

TEST(DevText, JsonHasNoKeysForWhatIsNotThere) {
    const auto object = to_json_object({.address = "a:1", .namespace_name = "n", .models = {"m"}});
    EXPECT_EQ(object, (nlohmann::json{{"temporal", "a:1"}, {"namespace", "n"}, {"models", {"m"}}}));
}

}  // namespace
}  // namespace inference::cli
