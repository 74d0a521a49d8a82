#include "temporal/detail/activity_type.hpp"

#include "recording_host.hpp"
#include "temporal/converter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace temporal::detail {
namespace {

using activity::ActivityResult;
using activity::application_failure;
using activity::Completed;
using activity::make_running;
using activity::RecordingHost;
using testing::HasSubstr;
using testing::SizeIs;

struct Unencodable {};
void to_json(nlohmann::json& /*json*/, const Unencodable& /*value*/) {
    throw std::domain_error("cannot be written");
}

/// Runs the activity to its end and gives its one report.
ActivityResult run(const ActivityType& type, const Payloads& input) {
    const auto host = std::make_shared<RecordingHost>();
    make_running(host)->run(type, input);
    EXPECT_THAT(host->reports(), SizeIs(1));
    return host->reports().at(0);
}

template <class T>
T value_of(const ActivityResult& result) {
    return from_payload<T>(std::get<Completed>(result).result);
}

TEST(ActivityType, APlainFunctionGetsItsArgumentsAndGivesItsResult) {
    const auto type =
        activity_type<std::string, std::string, int>("repeat", [](const std::string& text, int n) {
            std::string all;
            for (int i = 0; i < n; ++i) {
                all += text;
            }
            return all;
        });

    EXPECT_FALSE(type.asynchronous);
    EXPECT_EQ(value_of<std::string>(run(type, to_payloads(std::string("ab"), 3))), "ababab");
}

TEST(ActivityType, AFunctionMayTakeTheContextByReferenceOrByValue) {
    const auto by_reference = activity_type<std::string>("a", [](ActivityContext& context) {
        return context.info().activity_type;
    });
    const auto by_value = activity_type<std::string>("a", [](ActivityContext context) {
        return context.info().activity_type;
    });

    EXPECT_EQ(value_of<std::string>(run(by_reference, {})), "infer");
    EXPECT_EQ(value_of<std::string>(run(by_value, {})), "infer");
}

TEST(ActivityType, AFunctionWithoutResultCompletesWithNull) {
    const auto type = activity_type<void, int>("a", [](int) {});

    const ActivityResult result = run(type, to_payloads(1));

    EXPECT_EQ(std::get<Completed>(result).result, null_payload());
}

TEST(ActivityType, AnAsynchronousFunctionEndsThroughItsCompletion) {
    const auto type =
        activity_type<int, int>("a", [](ActivityContext, int value, Completion<int> done) {
            EXPECT_TRUE(done.complete(2 * value));
            EXPECT_FALSE(done.complete(3 * value));
        });

    EXPECT_TRUE(type.asynchronous);
    EXPECT_EQ(value_of<int>(run(type, to_payloads(21))), 42);
}

TEST(ActivityType, ACompletionFailsWithTheFailureThatItIsGiven) {
    const auto type = activity_type<void>("a", [](ActivityContext, Completion<void> done) {
        const ApplicationFailure failure("model is gone", {.type = "Gone"});
        const Failure& base = failure;
        done.fail(base);
    });

    EXPECT_EQ(application_failure(run(type, {}))->type(), "Gone");
}

TEST(ActivityType, ACancelThatNobodyAskedForIsAFailure) {
    const auto type =
        activity_type<void>("a", [](ActivityContext, Completion<void> done) { done.cancel(); });

    EXPECT_EQ(application_failure(run(type, {}))->type(), "CanceledFailure");
}

TEST(ActivityType, AResultThatCannotBeEncodedFailsTheActivity) {
    const auto type = activity_type<Unencodable>(
        "a", [](ActivityContext, Completion<Unencodable> done) { done.complete(Unencodable{}); }
    );

    EXPECT_EQ(application_failure(run(type, {}))->message(), "cannot be written");
}

TEST(ActivityType, AnArgumentThatCannotBeDecodedFailsTheActivityBeforeItRuns) {
    bool ran = false;
    const auto type = activity_type<void, int>("a", [&](int) { ran = true; });

    const ActivityResult result = run(type, to_payloads(std::string("secret prompt")));

    EXPECT_FALSE(ran);
    ASSERT_NE(application_failure(result), nullptr);
    EXPECT_EQ(application_failure(result)->type(), "temporal::ConversionError");
    EXPECT_THAT(application_failure(result)->message(), Not(HasSubstr("secret")));
}

TEST(ActivityType, TooFewArgumentsFailTheActivity) {
    const auto type = activity_type<void, int>("a", [](int) {});

    EXPECT_EQ(application_failure(run(type, {}))->type(), "temporal::ConversionError");
}

TEST(ActivityType, AFunctionObjectThatCanOnlyBeMovedIsWelcome) {
    auto state = std::make_unique<int>(5);
    const auto type = activity_type<int>("a", [state = std::move(state)] { return *state; });

    EXPECT_EQ(value_of<int>(run(type, {})), 5);
}

}  // namespace
}  // namespace temporal::detail
