#include "cli/batch_progress.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace inference::cli {
namespace {

constexpr std::size_t kShortestBar = 10;
constexpr std::size_t kLongestBar = 40;
constexpr std::size_t kAroundBar = 4;  // Two brackets, two spaces.

std::int64_t done(const ItemCounts& counts) {
    return counts.succeeded + counts.failed + counts.canceled;
}

/// Range: 0 to 1, and 1 only when all are done.
double part_done(const ItemCounts& counts) {
    return counts.total <= 0
               ? 0
               : std::clamp(
                     static_cast<double>(done(counts)) / static_cast<double>(counts.total), 0.0, 1.0
                 );
}

/// Items a second; 0 as long as nothing can be said.
double rate(const BatchProgress& progress) {
    const double seconds = std::chrono::duration<double>(progress.elapsed).count();
    const std::int64_t since = done(progress.counts) - progress.before;
    return seconds <= 0 || since <= 0 ? 0 : static_cast<double>(since) / seconds;
}

std::string rate_text(double items_per_second) {
    constexpr double kWholeFrom = 100;
    std::array<char, 64> text{};
    std::snprintf(
        text.data(),
        text.size(),
        "%.*f items/s",
        items_per_second < kWholeFrom ? 1 : 0,
        items_per_second
    );
    return text.data();
}

/// The two largest units that are not 0 from the front: "1h 2m", "1m 43s", "7s".
std::string time_text(std::int64_t seconds) {
    constexpr std::int64_t kMinute = 60;
    constexpr std::int64_t kHour = 60 * kMinute;
    if (seconds >= kHour) {
        return std::to_string(seconds / kHour) + "h " + std::to_string(seconds % kHour / kMinute) +
               "m";
    }
    if (seconds >= kMinute) {
        return std::to_string(seconds / kMinute) + "m " + std::to_string(seconds % kMinute) + "s";
    }
    return std::to_string(seconds) + "s";
}

std::string bar(double part, std::size_t length) {
    const auto full = static_cast<std::size_t>(part * static_cast<double>(length));
    return "[" + std::string(full, '#') + std::string(length - full, '.') + "]";
}

}  // namespace

std::string progress_text(const BatchProgress& progress) {
    constexpr double kWhole = 100;
    const ItemCounts& counts = progress.counts;
    std::string text = std::to_string(done(counts)) + "/" + std::to_string(counts.total) + "  " +
                       std::to_string(static_cast<int>(std::floor(part_done(counts) * kWhole))) +
                       " %";
    const double speed = rate(progress);
    if (speed > 0) {
        text += "  " + rate_text(speed);
    }
    if (counts.failed > 0) {
        text += "  " + std::to_string(counts.failed) + " failed";
    }
    const std::int64_t left = counts.total - done(counts);
    if (speed > 0 && left > 0) {
        text +=
            "  " + time_text(std::llround(std::ceil(static_cast<double>(left) / speed))) + " left";
    }
    return text;
}

std::string progress_line(const BatchProgress& progress, std::size_t width) {
    const std::size_t room = width == 0 ? 0 : width - 1;
    const std::string text = progress_text(progress);
    if (text.size() + kAroundBar + kShortestBar > room) {
        return text.substr(0, room);
    }
    const std::size_t length = std::min(kLongestBar, room - text.size() - kAroundBar);
    return bar(part_done(progress.counts), length) + "  " + text;
}

}  // namespace inference::cli
