/// @file temporal/failure.hpp
/// @brief What travels when a workflow or an activity fails: the Temporal failure model as exceptions.
///
/// Only these types fail a *workflow*; any other exception that escapes workflow code fails the workflow *task*, so
/// that a fix can be deployed and the workflow goes on.
#pragma once

#include "temporal/converter.hpp"
#include "temporal/payload.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace temporal {

class Failure;
/// Failures are immutable and shared: a cause chain is never copied.
using FailurePtr = std::shared_ptr<const Failure>;

/// The base of all failures that cross the wire.
///
/// Threads: immutable, share freely.
class Failure : public std::exception {
public:
    [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }
    [[nodiscard]] const std::string& message() const noexcept { return message_; }
    /// The failure that led to this one, or null.
    [[nodiscard]] const FailurePtr& cause() const noexcept { return cause_; }
    /// The SDK that reported it, such as "PythonSDK"; empty for failures made here.
    [[nodiscard]] const std::string& source() const noexcept { return source_; }
    [[nodiscard]] const std::string& stack_trace() const noexcept { return stack_trace_; }

    /// Throws a copy with its own type.
    [[noreturn]] virtual void raise() const = 0;
    /// A shared copy with its own type.
    [[nodiscard]] virtual FailurePtr clone() const = 0;

    /// Set once by whoever decodes the failure.
    void set_origin(std::string source, std::string stack_trace) {
        source_ = std::move(source);
        stack_trace_ = std::move(stack_trace);
    }

protected:
    Failure(std::string message, FailurePtr cause)
        : message_(std::move(message)), cause_(std::move(cause)) {}
    Failure(const Failure&) = default;
    Failure& operator=(const Failure&) = default;

private:
    std::string message_;
    FailurePtr cause_;
    std::string source_;
    std::string stack_trace_;
};

namespace detail {
/// Gives a failure type its `raise` and `clone`.
template <class Self>
class FailureOf : public Failure {
public:
    using Failure::Failure;
    [[noreturn]] void raise() const final { throw static_cast<const Self&>(*this); }
    [[nodiscard]] FailurePtr clone() const final {
        return std::make_shared<const Self>(static_cast<const Self&>(*this));
    }
};
}  // namespace detail

/// Thrown by user code to fail a workflow or an activity, with a type that callers can match in any language.
/// @code
///   throw ApplicationFailure("card refused", {.type = "PaymentRefused", .non_retryable = true});
/// @endcode
class ApplicationFailure final : public detail::FailureOf<ApplicationFailure> {
public:
    struct Options {
        std::string type = {};
        bool non_retryable = false;
        Payloads details = {};
        std::optional<std::chrono::milliseconds> next_retry_delay = std::nullopt;
        FailurePtr cause = nullptr;
    };

    explicit ApplicationFailure(std::string message)
        : ApplicationFailure(std::move(message), Options{}) {}
    ApplicationFailure(std::string message, Options options)
        : FailureOf(std::move(message), std::move(options.cause)),
          type_(std::move(options.type)),
          non_retryable_(options.non_retryable),
          details_(std::move(options.details)),
          next_retry_delay_(options.next_retry_delay) {}

    [[nodiscard]] const std::string& type() const noexcept { return type_; }
    [[nodiscard]] bool non_retryable() const noexcept { return non_retryable_; }
    [[nodiscard]] const Payloads& details() const noexcept { return details_; }
    [[nodiscard]] std::optional<std::chrono::milliseconds> next_retry_delay() const noexcept {
        return next_retry_delay_;
    }

private:
    std::string type_;
    bool non_retryable_;
    Payloads details_;
    std::optional<std::chrono::milliseconds> next_retry_delay_;
};

/// A workflow or an activity was cancelled; unwinds like any exception and must not be swallowed.
class CanceledFailure final : public detail::FailureOf<CanceledFailure> {
public:
    explicit CanceledFailure(
        std::string message = "canceled", Payloads details = {}, FailurePtr cause = nullptr
    )
        : FailureOf(std::move(message), std::move(cause)), details_(std::move(details)) {}

    [[nodiscard]] const Payloads& details() const noexcept { return details_; }

private:
    Payloads details_;
};

/// Which of Temporal's timeouts ran out.
enum class TimeoutType {
    kUnspecified,
    kStartToClose,
    kScheduleToStart,
    kScheduleToClose,
    kHeartbeat
};

class TimeoutFailure final : public detail::FailureOf<TimeoutFailure> {
public:
    TimeoutFailure(
        std::string message,
        TimeoutType type,
        Payloads last_heartbeat_details = {},
        FailurePtr cause = nullptr
    )
        : FailureOf(std::move(message), std::move(cause)),
          type_(type),
          last_heartbeat_details_(std::move(last_heartbeat_details)) {}

    [[nodiscard]] TimeoutType type() const noexcept { return type_; }
    /// What the lost attempt had last reported.
    [[nodiscard]] const Payloads& last_heartbeat_details() const noexcept {
        return last_heartbeat_details_;
    }

private:
    TimeoutType type_;
    Payloads last_heartbeat_details_;
};

class TerminatedFailure final : public detail::FailureOf<TerminatedFailure> {
public:
    explicit TerminatedFailure(std::string message, FailurePtr cause = nullptr)
        : FailureOf(std::move(message), std::move(cause)) {}
};

/// The server itself failed the operation.
class ServerFailure final : public detail::FailureOf<ServerFailure> {
public:
    ServerFailure(std::string message, bool non_retryable, FailurePtr cause = nullptr)
        : FailureOf(std::move(message), std::move(cause)), non_retryable_(non_retryable) {}
    [[nodiscard]] bool non_retryable() const noexcept { return non_retryable_; }

private:
    bool non_retryable_;
};

/// A failure of a kind that this SDK does not know, kept whole enough to be read.
class UnknownFailure final : public detail::FailureOf<UnknownFailure> {
public:
    explicit UnknownFailure(std::string message, FailurePtr cause = nullptr)
        : FailureOf(std::move(message), std::move(cause)) {}
};

/// Why the server stopped retrying.
enum class RetryState {
    kUnspecified,
    kInProgress,
    kNonRetryableFailure,
    kTimeout,
    kMaximumAttemptsReached,
    kRetryPolicyNotSet,
    kInternalServerError,
    kCancelRequested,
};

/// What a workflow sees when an activity did not succeed; `cause()` says why.
class ActivityFailure final : public detail::FailureOf<ActivityFailure> {
public:
    struct Info {
        std::string activity_type = {};
        std::string activity_id = {};
        std::string identity = {};
        std::int64_t scheduled_event_id = 0;
        std::int64_t started_event_id = 0;
        RetryState retry_state = RetryState::kUnspecified;
    };
    ActivityFailure(std::string message, Info info, FailurePtr cause)
        : FailureOf(std::move(message), std::move(cause)), info_(std::move(info)) {}
    [[nodiscard]] const Info& info() const noexcept { return info_; }

private:
    Info info_;
};

/// What a workflow sees when a child workflow did not succeed; `cause()` says why.
class ChildWorkflowFailure final : public detail::FailureOf<ChildWorkflowFailure> {
public:
    struct Info {
        std::string namespace_name = {};
        std::string workflow_id = {};
        std::string run_id = {};
        std::string workflow_type = {};
        std::int64_t initiated_event_id = 0;
        std::int64_t started_event_id = 0;
        RetryState retry_state = RetryState::kUnspecified;
    };
    ChildWorkflowFailure(std::string message, Info info, FailurePtr cause)
        : FailureOf(std::move(message), std::move(cause)), info_(std::move(info)) {}
    [[nodiscard]] const Info& info() const noexcept { return info_; }

private:
    Info info_;
};

/// True for a CanceledFailure and for an activity or child that failed because of one.
[[nodiscard]] bool is_canceled(const Failure& failure) noexcept;

/// The first ApplicationFailure in the chain that starts at `failure`, or null.
[[nodiscard]] const ApplicationFailure* find_application_failure(const Failure& failure) noexcept;

}  // namespace temporal
