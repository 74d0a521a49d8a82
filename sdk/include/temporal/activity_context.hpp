/// @file temporal/activity_context.hpp
/// @brief What an activity may ask of its worker while it runs.
#pragma once

#include "temporal/activity_info.hpp"
#include "temporal/converter.hpp"
#include "temporal/payload.hpp"
#include "temporal/retry_policy.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <tuple>
#include <type_traits>
#include <utility>

namespace temporal {

namespace activity {
class RunningActivity;
}

/// Why a running activity is asked to stop.
enum class ActivityCancelReason {
    kNotFound,  ///< The server no longer knows the attempt; whatever is reported is dropped.
    kCanceled,  ///< The workflow asked.
    kTimedOut,  ///< Its start-to-close or heartbeat timeout ran out.
    kWorkerShutdown,  ///< This worker's grace period is over; the next attempt starts elsewhere.
    kPaused,  ///< An operator paused it.
    kReset,  ///< An operator reset it.
};

/// A handle to one running attempt. Copies are cheap and mean the same attempt.
///
/// Cancel:  asked for by `stop_token()`. An activity agrees by throwing CanceledFailure
///          (`throw_if_canceled()`); one that returns a value or throws something else is reported
///          as that.
/// Threads: every member may be called from any thread, also after the activity has ended: then
///          heartbeats do nothing.
/// @code
///   std::string train(temporal::ActivityContext& ctx, int epochs) {
///       for (int epoch = ctx.heartbeat_details<int>().value_or(0); epoch < epochs; ++epoch) {
///           ctx.throw_if_canceled();
///           run_epoch(epoch, ctx.stop_token());
///           ctx.heartbeat(epoch + 1);
///       }
///       return "trained";
///   }
/// @endcode
class ActivityContext {
public:
    /// Made by the worker, and by testing::ActivityEnvironment.
    explicit ActivityContext(std::shared_ptr<activity::RunningActivity> running) noexcept;

    [[nodiscard]] const ActivityInfo& info() const noexcept;
    /// The first is 1.
    [[nodiscard]] std::int32_t attempt() const noexcept { return info().attempt; }

    /// Fires once the attempt is asked to stop; `cancel_reason()` says why. The server's wishes
    /// arrive with the answers to heartbeats, so an activity that does not heartbeat hears only of
    /// timeouts and of the worker's end.
    ///
    /// Threads: stop callbacks run on a thread of the SDK, which they should not hold for long.
    [[nodiscard]] std::stop_token stop_token() const noexcept;
    /// Empty while nobody asked the attempt to stop.
    [[nodiscard]] std::optional<ActivityCancelReason> cancel_reason() const;
    /// Throws CanceledFailure if the attempt was asked to stop.
    void throw_if_canceled() const;

    /// Fires as soon as the worker drains, a grace period ahead of `stop_token()`: time to finish,
    /// or to save progress.
    [[nodiscard]] std::stop_token worker_shutting_down() const noexcept;

    /// Says that the attempt is alive and how far it got. Core thins these out, so calling it often
    /// costs little.
    ///
    /// Errors: ConversionError if the details cannot be encoded.
    template <class... Details>
    void heartbeat(const Details&... details) {
        Payloads payloads;
        // Decayed, so that a string literal is a string.
        (payloads.push_back(to_payload<std::decay_t<const Details&>>(details)), ...);
        record_heartbeat(std::move(payloads));
    }

    /// Repeats the latest details (at first those of the attempt before) until the attempt ends, on
    /// a thread that all activities of the worker share: for work that waits for somebody else. A
    /// second call replaces the interval.
    ///
    /// Range: above zero; a third of the heartbeat timeout or less leaves room for a lost answer.
    void heartbeat_every(Duration interval);

    /// What the attempt before had last reported, empty if it reported nothing: one value, or a
    /// tuple of several.
    ///
    /// Errors: ConversionError if it cannot be read as that.
    template <class... Details>
        requires(sizeof...(Details) > 0)
    [[nodiscard]] auto heartbeat_details() const {
        using Values = std::conditional_t<
            sizeof...(Details) == 1,
            std::tuple_element_t<0, std::tuple<Details...>>,
            std::tuple<Details...>>;
        const Payloads& details = previous_heartbeat_details();
        if (details.empty()) {
            return std::optional<Values>{};
        }
        std::tuple<Details...> values = from_payloads<Details...>(details);
        if constexpr (sizeof...(Details) == 1) {
            return std::optional<Values>{std::get<0>(std::move(values))};
        } else {
            return std::optional<Values>{std::move(values)};
        }
    }

private:
    void record_heartbeat(Payloads details);
    [[nodiscard]] const Payloads& previous_heartbeat_details() const noexcept;

    std::shared_ptr<activity::RunningActivity> running_;
};

}  // namespace temporal
