#include "cli/progress_display.hpp"

#include "cli/pause.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <ostream>
#include <string>
#include <utility>

namespace inference::cli {
namespace {

constexpr char kClearToEnd[] = "\x1b[K";

}  // namespace

ProgressDisplay::ProgressDisplay(Ask ask, std::int64_t items, std::ostream& err, Width width)
    : ProgressDisplay(std::move(ask), items, err, std::move(width), Pace()) {}

ProgressDisplay::ProgressDisplay(
    Ask ask, std::int64_t items, std::ostream& err, Width width, Pace pace
)
    : ask_(std::move(ask)),
      err_(err),
      width_(std::move(width)),
      pace_(pace),
      progress_{.counts = {.total = items}},
      thread_([this](const std::stop_token& stop) {
          width_() ? redraw_a_line(stop) : add_lines(stop);
      }) {}

void ProgressDisplay::redraw_a_line(const std::stop_token& stop) {
    constexpr std::size_t kUsualWidth = 80;
    // A job that has ended already is not worth a question, which a worker would have to replay it for.
    Clock::time_point asked = Clock::now();
    do {
        draw('\r' + progress_line(now(), width_().value_or(kUsualWidth)) + kClearToEnd);
        if (Clock::now() - asked >= pace_.ask) {
            asked = Clock::now();
            ask(stop);
        }
    } while (pause(pace_.redraw, stop));
    draw(std::string("\r") + kClearToEnd);
}

void ProgressDisplay::add_lines(const std::stop_token& stop) {
    if (!pause(pace_.ask, stop)) {
        return;
    }
    ask(stop);  // The rate counts from the first answer on.
    while (pause(pace_.line, stop)) {
        ask(stop);
        draw(progress_text(now()) + '\n');
    }
}

void ProgressDisplay::say(const std::string& text) {
    draw(width_() ? '\r' + text + kClearToEnd + '\n' : text + '\n');
}

void ProgressDisplay::draw(const std::string& text) {
    const std::lock_guard lock(writing_);
    err_ << text << std::flush;
}

void ProgressDisplay::ask(const std::stop_token& stop) {
    const std::optional<ItemCounts> counts = ask_(stop);
    // Before preprocess has counted the items, a worker knows less than is known here.
    if (!counts || counts->total == 0) {
        return;
    }
    progress_.counts = *counts;
    if (!watched_from_) {
        watched_from_ = Clock::now();
        progress_.before = counts->succeeded + counts->failed + counts->canceled;
    }
}

BatchProgress ProgressDisplay::now() const {
    BatchProgress progress = progress_;
    if (watched_from_) {
        progress.elapsed =
            std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - *watched_from_);
    }
    return progress;
}

std::optional<std::size_t> stderr_width() {
    constexpr std::size_t kUsualWidth = 80;
    if (isatty(STDERR_FILENO) == 0) {
        return std::nullopt;
    }
    winsize size{};
    const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : kUsualWidth;
}

}  // namespace inference::cli
