#include "bridge/peek_run_id.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <cstdint>

namespace temporal::bridge {

std::string_view peek_run_id(std::string_view activation) noexcept {
    using google::protobuf::internal::WireFormatLite;
    constexpr auto kRunId = WireFormatLite::MakeTag(1, WireFormatLite::WIRETYPE_LENGTH_DELIMITED);

    // Encoders write fields in the order of their numbers, so the run id comes first.
    google::protobuf::io::CodedInputStream stream(
        reinterpret_cast<const std::uint8_t*>(activation.data()),
        static_cast<int>(activation.size())
    );
    std::uint32_t length = 0;
    if (stream.ReadTag() != kRunId || !stream.ReadVarint32(&length)) {
        return {};
    }
    return activation.substr(static_cast<std::size_t>(stream.CurrentPosition()), length);
}

}  // namespace temporal::bridge
