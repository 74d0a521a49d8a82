#include "cli/watch_screen.hpp"

#include "cli/status_text.hpp"
#include "contracts/timestamp.hpp"

#include <ostream>
#include <utility>

namespace inference::cli {
namespace {

constexpr char kClearLine[] = "\r\x1b[K";

}  // namespace

WatchScreen::WatchScreen(const Invocation& invocation, Width width)
    : invocation_(invocation), width_(std::move(width)) {}

WatchScreen::~WatchScreen() {
    clear_bar();
}

void WatchScreen::show(const JobStatus& status, Clock::time_point now) {
    const auto width = invocation_.json() ? std::nullopt : width_();
    const bool bar = width && status.counts && !is_final(status.state);
    if (is_change(status, bar)) {
        clear_bar();
        print(status);
    }
    if (bar) {
        draw_bar(*status.counts, *width, now);
    }
}

void WatchScreen::say(const std::string& text) {
    clear_bar();
    invocation_.err << text << '\n' << std::flush;
}

/// What is newer and no different is none; nor is what the bar shows.
bool WatchScreen::is_change(const JobStatus& status, bool bar) const {
    if (!shown_) {
        return true;
    }
    JobStatus before = *shown_;
    before.updated_at = status.updated_at;
    if (bar) {
        before.progress = status.progress;
        before.counts = status.counts;
        before.attempt = status.attempt;  // The chunks.
    }
    return before != status;
}

void WatchScreen::print(const JobStatus& status) {
    shown_ = status;
    if (invocation_.json()) {
        invocation_.print(status);
    } else {
        invocation_.out << to_iso8601(status.updated_at) << "  " << to_line(status) << '\n';
    }
    invocation_.out << std::flush;
}

void WatchScreen::draw_bar(const ItemCounts& counts, std::size_t width, Clock::time_point now) {
    if (!progress_) {
        progress_ = BatchProgress{.before = counts.succeeded + counts.failed + counts.canceled};
        began_ = now;
    }
    progress_->counts = counts;
    progress_->elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - began_);
    invocation_.err << kClearLine << progress_line(*progress_, width) << std::flush;
    has_bar_ = true;
}

void WatchScreen::clear_bar() {
    if (has_bar_) {
        invocation_.err << kClearLine << std::flush;
        has_bar_ = false;
    }
}

}  // namespace inference::cli
