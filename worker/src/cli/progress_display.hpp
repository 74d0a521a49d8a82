/// @file cli/progress_display.hpp
/// @brief Shows how far a batch is while somebody waits for it.
#pragma once

#include "cli/batch_progress.hpp"
#include "contracts/job_status.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace inference::cli {

/// On a terminal one line that is drawn again and again, and gone at the end; elsewhere a line every now and then.
///
/// Threads: has one of its own, and nobody else may write to the stream while it lives.
/// Destroy: ends the question under way by its stop token, and clears its line.
class ProgressDisplay {
public:
    /// How far the batch is; nullopt where nobody answers, then what was known stays. May block, until the token is stopped.
    using Ask = std::function<std::optional<ItemCounts>(std::stop_token)>;
    /// The terminal's width in characters, at each drawing anew; nullopt where there is no terminal.
    using Width = std::function<std::optional<std::size_t>()>;

    struct Pace {
        std::chrono::milliseconds ask{1'000};
        std::chrono::milliseconds redraw{250};
        std::chrono::milliseconds line{10'000};
    };

    /// @param items What is shown until the first answer has come.
    /// Lifetime: `err` outlives it.
    ProgressDisplay(Ask ask, std::int64_t items, std::ostream& err, Width width);
    ProgressDisplay(Ask ask, std::int64_t items, std::ostream& err, Width width, Pace pace);
    ProgressDisplay(const ProgressDisplay&) = delete;
    ProgressDisplay& operator=(const ProgressDisplay&) = delete;
    ~ProgressDisplay() = default;

    /// A line that stays. Threads: any.
    void say(const std::string& text);

private:
    using Clock = std::chrono::steady_clock;

    void redraw_a_line(const std::stop_token& stop);
    void add_lines(const std::stop_token& stop);
    void ask(const std::stop_token& stop);
    [[nodiscard]] BatchProgress now() const;
    void draw(const std::string& text);

    const Ask ask_;
    std::mutex writing_;
    std::ostream& err_;
    const Width width_;
    const Pace pace_;
    BatchProgress progress_;
    /// When the first answer came, from which on the rate is counted: a batch may have run for long before.
    std::optional<Clock::time_point> watched_from_;
    std::jthread thread_;  // Last, so that it ends first.
};

/// The width of the terminal that stderr is; nullopt if it is none.
std::optional<std::size_t> stderr_width();

}  // namespace inference::cli
