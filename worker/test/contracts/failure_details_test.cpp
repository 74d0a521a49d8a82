#include "contracts/failure_details.hpp"

#include "contracts/error.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <stdexcept>

namespace inference {
namespace {

using nlohmann::json;

TEST(FailureDetails, AreWhatClientsFindInAFailedWorkflow) {
    Error error = fatal(ErrorCode::kContextLength, "prompt too long");
    error.endpoint = "http://127.0.0.1:8080/v1";
    const json wire = failure_details(error, "llama-3-8b", 2);

    EXPECT_EQ(
        wire, json::parse(R"({"code":"CONTEXT_LENGTH","class":"Fatal","message":"prompt too long",
        "model":"llama-3-8b","endpoint":"http://127.0.0.1:8080/v1","attempt":2})")
    );
    EXPECT_EQ(wire.get<FailureDetails>(), failure_details(error, "llama-3-8b", 2));
}

TEST(FailureDetails, HaveANullEndpointWhereNoneWasCalled) {
    const json wire = failure_details(fatal(ErrorCode::kModelNotFound, "no such model"), "nope", 0);

    EXPECT_TRUE(wire.at("endpoint").is_null());
    EXPECT_EQ(wire.get<FailureDetails>().endpoint, std::nullopt);
}

TEST(FailureDetails, AreNotReadFromAnotherFailuresDetails) {
    EXPECT_THROW((json{{"message", "x"}}.get<FailureDetails>()), std::invalid_argument);
}

}  // namespace
}  // namespace inference
