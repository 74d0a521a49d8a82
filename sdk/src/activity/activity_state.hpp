/// @file activity/activity_state.hpp
/// @brief Where one attempt stands: running, asked to stop, ended exactly once.
#pragma once

#include "temporal/activity_context.hpp"

#include <optional>

namespace temporal::activity {

/// The life of one attempt. Pure; the owner locks.
///
///     starting --(returned)--> running --(end)--> ended
///         +---------- asked to stop, at any point before ----+
///
/// A completion that is dropped while the function is still on its way into the work counts only
/// once the function has returned: if it throws instead, its exception is the better report.
class ActivityState {
public:
    /// True if this is the request that counts: the first, and before the end.
    bool request_cancel(ActivityCancelReason reason) noexcept {
        if (ended_ || cancel_reason_) {
            return false;
        }
        cancel_reason_ = reason;
        return true;
    }

    /// True exactly once.
    bool end() noexcept {
        if (ended_) {
            return false;
        }
        ended_ = true;
        return true;
    }

    /// The completion is gone. True if the attempt ends by that, now.
    bool drop() noexcept {
        dropped_ = true;
        return !starting_ && end();
    }

    /// The function has returned. True if its completion was dropped meanwhile, which ends the
    /// attempt now.
    bool started() noexcept {
        starting_ = false;
        return dropped_ && end();
    }

    [[nodiscard]] bool ended() const noexcept { return ended_; }
    [[nodiscard]] std::optional<ActivityCancelReason> cancel_reason() const noexcept {
        return cancel_reason_;
    }

private:
    bool starting_ = true;
    bool dropped_ = false;
    bool ended_ = false;
    std::optional<ActivityCancelReason> cancel_reason_;
};

}  // namespace temporal::activity
