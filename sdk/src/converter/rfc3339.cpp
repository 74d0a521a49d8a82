#include "converter/rfc3339.hpp"

#include "converter/proto_time.hpp"

#include <google/protobuf/util/time_util.h>

namespace temporal {

std::string to_rfc3339(std::chrono::system_clock::time_point time) {
    google::protobuf::Timestamp message;
    proto::encode_time_point(time, message);
    return google::protobuf::util::TimeUtil::ToString(message);
}

std::optional<std::chrono::system_clock::time_point> from_rfc3339(const std::string& text) {
    google::protobuf::Timestamp message;
    if (!google::protobuf::util::TimeUtil::FromString(text, &message)) {
        return std::nullopt;
    }
    return proto::to_time_point(message);
}

}  // namespace temporal
