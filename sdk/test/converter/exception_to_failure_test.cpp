#include "converter/exception_to_failure.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace temporal {

struct DiskFull : std::runtime_error {
    using std::runtime_error::runtime_error;
};

namespace {

const ApplicationFailure& as_application(const FailurePtr& failure) {
    return dynamic_cast<const ApplicationFailure&>(*failure);
}

TEST(ExceptionToFailure, NamesTheClassOfAnException) {
    const FailurePtr failure = exception_to_failure(std::make_exception_ptr(DiskFull("no space")));

    EXPECT_EQ(as_application(failure).type(), "temporal::DiskFull");
    EXPECT_STREQ(failure->what(), "no space");
    EXPECT_FALSE(as_application(failure).non_retryable());
    EXPECT_EQ(failure->cause(), nullptr);
}

TEST(ExceptionToFailure, LeavesAFailureWhatItIs) {
    const FailurePtr failure =
        exception_to_failure(std::make_exception_ptr(TimeoutFailure("late", TimeoutType::kHeartbeat)
        ));

    EXPECT_EQ(dynamic_cast<const TimeoutFailure&>(*failure).type(), TimeoutType::kHeartbeat);
}

TEST(ExceptionToFailure, NestedExceptionsAreItsCauses) {
    std::exception_ptr outer;
    try {
        try {
            throw DiskFull("no space");
        } catch (...) {
            std::throw_with_nested(std::logic_error("cannot save"));
        }
    } catch (...) {
        outer = std::current_exception();
    }

    const FailurePtr failure = exception_to_failure(outer);

    EXPECT_STREQ(failure->what(), "cannot save");
    ASSERT_NE(failure->cause(), nullptr);
    EXPECT_EQ(as_application(failure->cause()).type(), "temporal::DiskFull");
}

TEST(ExceptionToFailure, TakesWhatIsNoStdException) {
    const FailurePtr failure = exception_to_failure(std::make_exception_ptr(42));

    EXPECT_EQ(as_application(failure).type(), "int");
}

}  // namespace
}  // namespace temporal
