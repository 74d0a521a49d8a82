/// @file cli/watch_screen.hpp
/// @brief What `watch` shows of a job.
#pragma once

#include "cli/batch_progress.hpp"
#include "cli/invocation.hpp"
#include "contracts/job_status.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace inference::cli {

/// A line on `out` for each change. On a terminal the items of a batch are a bar below, on `err`, which is drawn anew instead.
///
/// Threads: one.
/// @code
///   WatchScreen screen(invocation, stderr_width);
///   screen.show(status, std::chrono::steady_clock::now());
/// @endcode
class WatchScreen {
public:
    using Clock = std::chrono::steady_clock;
    /// The terminal's width in characters; nullopt where there is no terminal.
    using Width = std::function<std::optional<std::size_t>()>;

    /// Lifetime: `invocation` outlives it.
    WatchScreen(const Invocation& invocation, Width width);
    WatchScreen(const WatchScreen&) = delete;
    WatchScreen& operator=(const WatchScreen&) = delete;
    /// Clears the bar.
    ~WatchScreen();

    void show(const JobStatus& status, Clock::time_point now);
    /// A line on `err`.
    void say(const std::string& text);

private:
    [[nodiscard]] bool is_change(const JobStatus& status, bool bar) const;
    void print(const JobStatus& status);
    void draw_bar(const ItemCounts& counts, std::size_t width, Clock::time_point now);
    void clear_bar();

    const Invocation& invocation_;
    const Width width_;
    std::optional<JobStatus> shown_;
    /// The items that were done when the watching began, and when that was.
    std::optional<BatchProgress> progress_;
    Clock::time_point began_{};
    bool has_bar_ = false;
};

}  // namespace inference::cli
