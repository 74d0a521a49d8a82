/// @file temporal/completion.hpp
/// @brief How an asynchronous activity reports its end: from any thread, later.
#pragma once

#include "temporal/converter.hpp"
#include "temporal/failure.hpp"
#include "temporal/payload.hpp"

#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

namespace temporal {

namespace activity {
class RunningActivity;
}

namespace detail {

[[nodiscard]] std::exception_ptr as_exception(const Failure& failure) noexcept;

/// A completion without its result's type.
class AnyCompletion {
public:
    explicit AnyCompletion(std::shared_ptr<activity::RunningActivity> running) noexcept;
    AnyCompletion(AnyCompletion&& other) noexcept = default;
    AnyCompletion& operator=(AnyCompletion&& other) noexcept;
    AnyCompletion(const AnyCompletion&) = delete;
    AnyCompletion& operator=(const AnyCompletion&) = delete;
    ~AnyCompletion();

    bool complete(Payload result) const;
    bool fail(const std::exception_ptr& error) const;

private:
    void drop() noexcept;

    std::shared_ptr<activity::RunningActivity> running_;
};

}  // namespace detail

/// The duty to end one activity. The first of `complete`, `fail` and `cancel` counts and gives
/// true; later ones give false and do nothing, so that an answer and a cancel may race. Dropped
/// without any of them, it fails the activity.
///
/// Errors:  nothing here throws; a result that cannot be encoded fails the activity.
/// Threads: `complete`, `fail` and `cancel` may be called from several threads at once.
/// @code
///   void infer(temporal::ActivityContext ctx, Prompt prompt, temporal::Completion<Reply> done) {
///       engine.send(prompt, [done = std::move(done)](Reply reply) { done.complete(reply); });
///   }
/// @endcode
template <class R>
class Completion {
public:
    explicit Completion(detail::AnyCompletion completion) noexcept
        : completion_(std::move(completion)) {}

    template <class Value = R>
        requires(!std::is_void_v<Value>)
    bool complete(const Value& value) const {
        try {
            return completion_.complete(to_payload<R>(value));
        } catch (...) {
            return completion_.fail(std::current_exception());
        }
    }
    bool complete() const
        requires(std::is_void_v<R>)
    {
        return completion_.complete(detail::null_payload());
    }

    /// Fails the activity as if it had thrown `error`.
    bool fail(const std::exception_ptr& error) const { return completion_.fail(error); }
    bool fail(const Failure& failure) const {
        return completion_.fail(detail::as_exception(failure));
    }

    /// Agrees to a cancel; without one it fails the activity, as throwing CanceledFailure does.
    bool cancel(Payloads details = {}) const {
        return fail(CanceledFailure("canceled", std::move(details)));
    }

private:
    detail::AnyCompletion completion_;
};

}  // namespace temporal
