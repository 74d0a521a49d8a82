#include "temporal/payload.hpp"

namespace temporal {

std::string_view Payload::encoding() const {
    const auto found = metadata.find("encoding");
    return found == metadata.end() ? std::string_view{} : std::string_view{found->second};
}

}  // namespace temporal
