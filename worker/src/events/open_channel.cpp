#include "events/open_channel.hpp"

#include "events/file_channel.hpp"
#include "events/file_source.hpp"
#include "events/redis_channel.hpp"
#include "events/redis_source.hpp"

#include <utility>
#include <variant>

namespace inference {
namespace {

class ForgetfulSink final : public EventSink {
public:
    void publish(Event /*event*/) noexcept override {}
    void close(const std::string& /*job_id*/, std::int64_t /*epoch*/) noexcept override {}
    [[nodiscard]] EventCounts counts() const override { return {}; }
};

}  // namespace

std::shared_ptr<EventSink> open_sink(
    const ChannelAddress& address, QueuedEventSink::OnChange on_change
) {
    if (const auto* file = std::get_if<FileAddress>(&address)) {
        return std::make_shared<QueuedEventSink>(
            std::make_unique<FileChannel>(file->folder), std::move(on_change)
        );
    }
    if (const auto* redis = std::get_if<RedisAddress>(&address)) {
        return std::make_shared<QueuedEventSink>(
            std::make_unique<RedisChannel>(*redis), std::move(on_change)
        );
    }
    return std::make_shared<ForgetfulSink>();
}

std::unique_ptr<EventSource> open_source(const ChannelAddress& address) {
    if (const auto* file = std::get_if<FileAddress>(&address)) {
        return std::make_unique<FileSource>(file->folder);
    }
    if (const auto* redis = std::get_if<RedisAddress>(&address)) {
        return std::make_unique<RedisSource>(*redis);
    }
    return nullptr;
}

}  // namespace inference
