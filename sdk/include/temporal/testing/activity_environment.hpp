/// @file temporal/testing/activity_environment.hpp
/// @brief Runs one activity in a test, without a server and without a worker.
#pragma once

#include "temporal/activity.hpp"
#include "temporal/activity_context.hpp"
#include "temporal/activity_info.hpp"
#include "temporal/converter.hpp"
#include "temporal/detail/activity_type.hpp"
#include "temporal/payload.hpp"
#include "temporal/retry_policy.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace temporal::testing {

/// One attempt of one activity.
///
/// Threads: `run` on one thread; everything else also from others while it runs.
/// @code
///   temporal::testing::ActivityEnvironment env;
///   auto result = std::async([&] { return env.run(train, train_model, 10); });
///   ASSERT_TRUE(env.wait_for_heartbeats(1));
///   env.cancel();
///   EXPECT_THROW(result.get(), temporal::CanceledFailure);
/// @endcode
class ActivityEnvironment {
public:
    explicit ActivityEnvironment(
        ActivityInfo info = default_info(), Payloads previous_heartbeat_details = {}
    );
    ~ActivityEnvironment();
    ActivityEnvironment(const ActivityEnvironment&) = delete;
    ActivityEnvironment& operator=(const ActivityEnvironment&) = delete;

    [[nodiscard]] static ActivityInfo default_info();

    /// Runs `function` as a worker would, arguments and result encoded on the way, and waits for
    /// its end. Takes every form that Worker::add takes. Call once.
    ///
    /// Errors: throws the failure that the worker would report.
    template <class R, class... A, class F>
    R run(
        const Activity<R(A...)>& activity,
        F&& function,
        const std::type_identity_t<std::decay_t<A>>&... arguments
    ) {
        const auto type =
            detail::activity_type<R, A...>(std::string(activity.name()), std::forward<F>(function));
        const Payload result = run_encoded(type, to_payloads<std::decay_t<A>...>(arguments...));
        if constexpr (!std::is_void_v<R>) {
            return from_payload<R>(result);
        }
    }

    /// The context that the activity sees; works before and after `run`, too.
    [[nodiscard]] ActivityContext context() const;

    void cancel(ActivityCancelReason reason = ActivityCancelReason::kCanceled);
    /// What the activity sees when its worker begins to drain.
    void shut_down_worker();

    /// The details of every heartbeat so far.
    [[nodiscard]] std::vector<Payloads> heartbeats() const;
    /// Waits until there were so many; false if there are not in time.
    [[nodiscard]] bool wait_for_heartbeats(
        std::size_t count, Duration timeout = std::chrono::seconds{10}
    ) const;
    /// The interval that the activity gave to `heartbeat_every`; empty if it did not call it.
    [[nodiscard]] std::optional<Duration> heartbeat_interval() const;
    /// Lets one such interval pass.
    void repeat_heartbeat();

private:
    class Host;

    Payload run_encoded(const detail::ActivityType& type, const Payloads& input);

    std::shared_ptr<Host> host_;
    std::shared_ptr<activity::RunningActivity> running_;
};

}  // namespace temporal::testing
