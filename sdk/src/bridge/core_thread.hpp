/// @file bridge/core_thread.hpp
/// @brief Whether the calling thread is inside one of core's callbacks.
#pragma once

namespace temporal::bridge {

/// Lives for the length of one callback from core. Callbacks may nest.
class CoreThreadScope {
public:
    CoreThreadScope() noexcept { ++depth_; }
    ~CoreThreadScope() { --depth_; }
    CoreThreadScope(const CoreThreadScope&) = delete;
    CoreThreadScope& operator=(const CoreThreadScope&) = delete;

    [[nodiscard]] static bool active() noexcept { return depth_ > 0; }

private:
    static thread_local int depth_;
};

}  // namespace temporal::bridge
