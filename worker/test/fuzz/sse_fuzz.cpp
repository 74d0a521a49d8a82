// Any bytes, in any pieces, give the same events, and none above the limit.
#include "adapters/http/sse_parser.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace inference {
namespace {

constexpr std::size_t kLimits[] = {0, 7, 64, 1 << 20};

struct Parsed {
    bool ok = true;
    std::vector<SseEvent> events;

    bool operator==(const Parsed&) const = default;
};

// `steps` are the sizes of the pieces, over and over; none: all at once.
Parsed parse(std::string_view text, std::size_t limit, std::string_view steps) {
    SseParser parser(limit);
    Parsed result;
    for (std::size_t step = 0; !text.empty(); ++step) {
        const std::size_t size =
            steps.empty() ? text.size()
                          : static_cast<unsigned char>(steps[step % steps.size()]) % 16U + 1;
        result.ok = parser.feed(text.substr(0, size), result.events);
        text.remove_prefix(std::min(size, text.size()));
    }
    return result;
}

void check(std::string_view input) {
    if (input.size() < 4) {
        return;
    }
    const std::size_t limit = kLimits[static_cast<unsigned char>(input[0]) % std::size(kLimits)];
    const std::string_view text = input.substr(4);
    const Parsed whole = parse(text, limit, {});
    const bool is_within = std::ranges::all_of(whole.events, [limit](const SseEvent& event) {
        return event.data.size() <= limit && event.type.size() <= limit;
    });
    if (!is_within || parse(text, limit, input.substr(1, 3)) != whole) {
        std::abort();
    }
}

}  // namespace
}  // namespace inference

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    inference::check({reinterpret_cast<const char*>(data), size});
    return 0;
}
