#include "events/follow_job.hpp"

#include <chrono>
#include <utility>

namespace inference {

tl::expected<void, std::string> follow_job(
    EventSource& source,
    const std::string& job_id,
    const FollowOptions& options,
    const OnEvent& on_event
) {
    constexpr std::chrono::minutes kAWhile{1};
    std::string after = options.after;
    while (!options.stop.stop_requested()) {
        const auto events =
            source.read(job_id, after, std::chrono::steady_clock::now() + kAWhile, options.stop);
        if (!events) {
            return tl::unexpected(events.error());
        }
        for (const StoredEvent& stored : *events) {
            after = stored.id;
            if (!options.run_id.empty() && stored.event.run_id != options.run_id) {
                continue;
            }
            on_event(stored);
            if (stored.event.type == EventType::kEnd) {
                return {};
            }
        }
    }
    return {};
}

}  // namespace inference
