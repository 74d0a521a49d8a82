#include "resilience/choose_endpoint.hpp"

#include <tuple>

namespace inference {

std::optional<std::size_t> choose_endpoint(
    std::span<const EndpointLoad> endpoints, std::size_t rotation
) noexcept {
    const auto rank = [&](std::size_t i) {
        return std::tuple(endpoints[i].stalled, endpoints[i].under_way);
    };
    std::optional<std::size_t> best;
    for (std::size_t turn = 0; turn < endpoints.size(); ++turn) {
        const std::size_t i = (rotation + turn) % endpoints.size();
        if (endpoints[i].usable && (!best || rank(i) < rank(*best))) {
            best = i;
        }
    }
    return best;
}

}  // namespace inference
