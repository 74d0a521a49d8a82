#include "activity/outcome.hpp"

#include "recording_host.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <exception>
#include <stdexcept>

namespace temporal::activity {
namespace {

using testing::HasSubstr;

template <class Error>
ActivityResult result_of_thrown(const Error& error, std::optional<CancelReason> reason = {}) {
    return result_of(std::make_exception_ptr(error), reason);
}

TEST(Outcome, AFailureTravelsAsItIs) {
    const ApplicationFailure refused("card refused", {.type = "Refused", .non_retryable = true});

    const ActivityResult result = result_of_thrown(refused);

    const ApplicationFailure* reported = application_failure(result);
    ASSERT_NE(reported, nullptr);
    EXPECT_EQ(reported->type(), "Refused");
    EXPECT_TRUE(reported->non_retryable());
}

TEST(Outcome, AnyOtherExceptionIsARetryableFailureNamedAfterItsClass) {
    const ActivityResult result = result_of_thrown(std::out_of_range("index 7"));

    const ApplicationFailure* reported = application_failure(result);
    ASSERT_NE(reported, nullptr);
    EXPECT_EQ(reported->type(), "std::out_of_range");
    EXPECT_EQ(reported->message(), "index 7");
    EXPECT_FALSE(reported->non_retryable());
}

TEST(Outcome, ACanceledFailureIsACancelWhereOneWasAskedFor) {
    for (const CancelReason reason :
         {CancelReason::kCanceled,
          CancelReason::kTimedOut,
          CancelReason::kNotFound,
          CancelReason::kWorkerShutdown}) {
        const ActivityResult result = result_of_thrown(CanceledFailure("stopped"), reason);

        const auto* canceled = std::get_if<Canceled>(&result);
        ASSERT_NE(canceled, nullptr);
        EXPECT_EQ(canceled->failure->message(), "stopped");
    }
}

TEST(Outcome, ACanceledFailureThatNobodyAskedForIsRetryable) {
    const ActivityResult result = result_of_thrown(CanceledFailure("by an inner call"));

    const ApplicationFailure* reported = application_failure(result);
    ASSERT_NE(reported, nullptr);
    EXPECT_EQ(reported->type(), "CanceledFailure");
    EXPECT_FALSE(reported->non_retryable());
    EXPECT_THAT(reported->message(), HasSubstr("by an inner call"));
}

TEST(Outcome, PauseAndResetAreReportedAsTheServerKnowsThem) {
    const ActivityResult paused = result_of_thrown(CanceledFailure(), CancelReason::kPaused);
    const ActivityResult reset = result_of_thrown(CanceledFailure(), CancelReason::kReset);

    ASSERT_NE(application_failure(paused), nullptr);
    EXPECT_EQ(application_failure(paused)->type(), "ActivityPause");
    ASSERT_NE(application_failure(reset), nullptr);
    EXPECT_EQ(application_failure(reset)->type(), "ActivityReset");
}

TEST(Outcome, AFailureAfterACancelStaysAFailure) {
    const ActivityResult result =
        result_of_thrown(std::runtime_error("disk full"), CancelReason::kCanceled);

    ASSERT_NE(application_failure(result), nullptr);
    EXPECT_EQ(application_failure(result)->message(), "disk full");
}

TEST(Outcome, AnUnknownActivityListsWhatThereIsAndIsRetryable) {
    const FailurePtr failure = unknown_activity("infre", "gpu", {"infer", "preprocess"});

    const auto& reported = dynamic_cast<const ApplicationFailure&>(*failure);
    EXPECT_EQ(reported.type(), "NotFoundError");
    EXPECT_FALSE(reported.non_retryable());
    EXPECT_EQ(
        reported.message(),
        "activity type 'infre' is not registered at this worker of queue 'gpu'; it has: infer "
        "preprocess"
    );
}

}  // namespace
}  // namespace temporal::activity
