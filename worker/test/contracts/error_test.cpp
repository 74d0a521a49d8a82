#include "contracts/error.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace inference {
namespace {

using nlohmann::json;

constexpr std::array<std::pair<ErrorClass, std::string_view>, 4> kClasses{{
    {ErrorClass::kTransient, "Transient"},
    {ErrorClass::kOutOfMemory, "OOM"},
    {ErrorClass::kTimeout, "Timeout"},
    {ErrorClass::kFatal, "Fatal"},
}};

constexpr std::array<std::pair<ErrorCode, std::string_view>, 16> kCodes{{
    {ErrorCode::kValidation, "VALIDATION"},
    {ErrorCode::kModelNotFound, "MODEL_NOT_FOUND"},
    {ErrorCode::kAuth, "AUTH"},
    {ErrorCode::kContextLength, "CONTEXT_LENGTH"},
    {ErrorCode::kUnsupported, "UNSUPPORTED"},
    {ErrorCode::kPoison, "POISON"},
    {ErrorCode::kWorkerLost, "WORKER_LOST"},
    {ErrorCode::kConnection, "CONNECTION"},
    {ErrorCode::kRateLimited, "RATE_LIMITED"},
    {ErrorCode::kEngine5xx, "ENGINE_5XX"},
    {ErrorCode::kEngineNotReady, "ENGINE_NOT_READY"},
    {ErrorCode::kCircuitOpen, "CIRCUIT_OPEN"},
    {ErrorCode::kEngineTimeout, "ENGINE_TIMEOUT"},
    {ErrorCode::kDeadline, "DEADLINE"},
    {ErrorCode::kEngineOom, "ENGINE_OOM"},
    {ErrorCode::kStorage, "STORAGE"},
}};

TEST(ErrorClassNames, AreThoseOfTheContract) {
    for (const auto& [error_class, name] : kClasses) {
        EXPECT_EQ(to_string(error_class), name);
        EXPECT_EQ(error_class_from(name), error_class);
    }
    EXPECT_EQ(error_class_from("transient"), std::nullopt);
}

TEST(ErrorCodeNames, AreThoseOfTheContract) {
    for (const auto& [code, name] : kCodes) {
        EXPECT_EQ(to_string(code), name);
        EXPECT_EQ(error_code_from(name), code);
    }
    EXPECT_EQ(error_code_from(""), std::nullopt);
}

TEST(Error, ReachesTheWorkflowWithAllThatARetryDecisionNeeds) {
    const Error error{
        .error_class = ErrorClass::kTransient,
        .code = ErrorCode::kRateLimited,
        .message = "model 'digits': 429",
        .endpoint = "http://127.0.0.1:8080/v1",
        .retry_after = std::chrono::milliseconds(2500),
        .sent = true,
        .replica_bad = true,
        .partial = true,
        .engine_died = true,
        .batch_limit = 4,
        .indivisible = true,
    };
    const json wire = error;

    EXPECT_EQ(
        wire,
        json::parse(R"({"code":"RATE_LIMITED","class":"Transient","message":"model 'digits': 429",
        "endpoint":"http://127.0.0.1:8080/v1","retry_after_ms":2500,"sent":true,"replica_bad":true,"partial":true,
        "engine_died":true,"batch_limit":4,"indivisible":true})")
    );
    EXPECT_EQ(wire.get<Error>(), error);
}

TEST(Error, HasANullEndpointWhereNoEngineWasCalled) {
    const json wire = fatal(ErrorCode::kValidation, "field 'model' is missing");

    EXPECT_EQ(
        wire,
        json::parse(R"({"code":"VALIDATION","class":"Fatal","message":"field 'model' is missing",
        "endpoint":null,"sent":false,"replica_bad":false,"partial":false,"engine_died":false,"indivisible":false})"
        )
    );
    EXPECT_EQ(wire.get<Error>(), fatal(ErrorCode::kValidation, "field 'model' is missing"));
}

TEST(Error, IsNotReadFromWhatHasNoKnownClassOrCode) {
    EXPECT_THROW(json::object().get<Error>(), std::invalid_argument);
    EXPECT_THROW(
        (json{{"code", "VALIDATION"}, {"class", "Strange"}}.get<Error>()), std::invalid_argument
    );
    EXPECT_THROW(
        (json{{"code", "STRANGE"}, {"class", "Fatal"}}.get<Error>()), std::invalid_argument
    );
}

}  // namespace
}  // namespace inference
