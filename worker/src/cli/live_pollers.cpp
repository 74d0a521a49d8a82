#include "cli/live_pollers.hpp"

#include <algorithm>

namespace inference::cli {

std::size_t live_pollers(
    const temporal::TaskQueueDescription& queue, std::chrono::system_clock::time_point now
) {
    constexpr std::chrono::seconds kLongestPoll{90};
    const auto live = std::ranges::count_if(queue.pollers, [&](const temporal::Poller& poller) {
        return poller.last_access_time > now - kLongestPoll;
    });
    return static_cast<std::size_t>(live);
}

}  // namespace inference::cli
