#include "registry/closest_names.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inference {
namespace {

// Nobody means a name by a text so long, and the distance takes the product of the lengths.
constexpr std::size_t kLongestCompared = 256;

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    // Optimal string alignment, three rows at a time: `now[j]` is the distance of a's first i and b's first j letters.
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> now(b.size() + 1);
    std::iota(now.begin(), now.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::swap(before_last, last);
        std::swap(last, now);
        now[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = a[i - 1] == b[j - 1];
            now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                now[j] = std::min(now[j], before_last[j - 2] + 1);
            }
        }
    }
    return now[b.size()];
}

std::vector<std::string> by_closeness(std::string_view to, std::vector<std::string> names) {
    const std::string_view compared = to.substr(0, kLongestCompared);
    std::vector<std::pair<std::size_t, std::string>> ranked;
    ranked.reserve(names.size());
    for (std::string& name : names) {
        const std::size_t distance = edit_distance(compared, name);
        ranked.emplace_back(distance, std::move(name));
    }
    std::ranges::sort(ranked);
    std::ranges::transform(ranked, names.begin(), [](auto& entry) {
        return std::move(entry.second);
    });
    return names;
}

std::optional<std::string> closest_name(std::string_view to, std::vector<std::string> names) {
    names = by_closeness(to, std::move(names));
    if (names.empty()) {
        return std::nullopt;
    }
    std::string& closest = names.front();
    const std::size_t tolerated = std::max<std::size_t>(1, closest.size() / 3);
    if (to.size() > kLongestCompared || edit_distance(to, closest) > tolerated) {
        return std::nullopt;
    }
    return std::move(closest);
}

}  // namespace inference
