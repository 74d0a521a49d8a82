#include "converter/proto_time.hpp"

#include <algorithm>
#include <cstdint>

namespace temporal::proto {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

nanoseconds clamped(std::int64_t whole_seconds, std::int32_t nanos) {
    // One second short of the limits, so that the nanoseconds still fit.
    constexpr auto kLimit = std::chrono::duration_cast<seconds>(nanoseconds::max()) - seconds{1};
    const auto bounded = std::clamp(seconds{whole_seconds}, -kLimit, kLimit);
    return nanoseconds{bounded} + nanoseconds{nanos};
}

}  // namespace

nanoseconds to_duration(const google::protobuf::Duration& message) {
    return clamped(message.seconds(), message.nanos());
}

std::optional<nanoseconds> to_timeout(const google::protobuf::Duration& message) {
    const nanoseconds timeout = to_duration(message);
    return timeout == nanoseconds::zero() ? std::nullopt : std::optional(timeout);
}

std::chrono::system_clock::time_point to_time_point(const google::protobuf::Timestamp& message) {
    const nanoseconds since_epoch = clamped(message.seconds(), message.nanos());
    return std::chrono::system_clock::time_point{
        std::chrono::duration_cast<std::chrono::system_clock::duration>(since_epoch)
    };
}

void encode_duration(nanoseconds duration, google::protobuf::Duration& message) {
    // Both parts carry the sign, as protobuf demands: so truncation, not floor.
    const auto whole = std::chrono::duration_cast<seconds>(duration);
    message.set_seconds(whole.count());
    message.set_nanos(static_cast<std::int32_t>((duration - whole).count()));
}

void encode_time_point(
    std::chrono::system_clock::time_point time, google::protobuf::Timestamp& message
) {
    // A timestamp's nanoseconds count forward, also before 1970: so floor.
    const auto whole = std::chrono::floor<seconds>(time);
    message.set_seconds(whole.time_since_epoch().count());
    message.set_nanos(static_cast<std::int32_t>(nanoseconds{time - whole}.count()));
}

}  // namespace temporal::proto
