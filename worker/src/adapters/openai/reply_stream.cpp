#include "adapters/openai/reply_stream.hpp"

#include <algorithm>

namespace inference {

Taken ReplyStream::take(std::string_view bytes, Time now) {
    const bool goes_on = take_events(bytes);
    progress_.note(now, answer_.pieces());
    if (!goes_on) {
        return Taken::kRefused;
    }
    return begun_ ? Taken::kUrgently : Taken::kPatiently;
}

bool ReplyStream::take_events(std::string_view bytes) {
    events_.clear();
    event_too_large_ = !parser_.feed(bytes, events_);
    begun_ = begun_ || !events_.empty();
    const bool all_taken =
        std::ranges::all_of(events_, [this](const SseEvent& event) { return answer_.take(event); });
    return all_taken && (!event_too_large_ || is_done());
}

std::variant<nlohmann::json, Signal> ReplyStream::finish() {
    if (event_too_large_ && !is_done()) {
        return Signal{TransportSignal{TransportFault::kTooLarge, true, has_output()}};
    }
    return answer_.finish();
}

}  // namespace inference
