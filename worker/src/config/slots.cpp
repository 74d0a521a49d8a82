#include "config/slots.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <tuple>
#include <vector>

namespace inference {
namespace {

/// What is still to be shared out, and among whom.
struct Rest {
    std::int64_t slots;
    std::vector<std::size_t> claimants;

    std::int64_t shares(std::span<const int> all) const {
        return std::accumulate(
            claimants.begin(),
            claimants.end(),
            std::int64_t{0},
            [&](std::int64_t sum, std::size_t i) { return sum + all[i]; }
        );
    }
};

/// Drops all who are worth less than the `least` that they have. Each time that makes the rest smaller, so others may follow.
void drop_the_poor(Rest& rest, std::span<const int> shares, int least) {
    std::size_t dropped = 0;
    do {
        const std::int64_t sum = rest.shares(shares);
        const std::int64_t total = rest.slots;
        dropped = std::erase_if(rest.claimants, [&](std::size_t i) {
            return total * shares[i] < least * sum;
        });
        rest.slots -= static_cast<std::int64_t>(dropped) * least;
    } while (dropped > 0);
}

void give_by_remainder(const Rest& rest, std::span<const int> shares, std::vector<int>& slots) {
    const std::int64_t sum = rest.shares(shares);
    std::int64_t left = rest.slots;
    for (const std::size_t i : rest.claimants) {
        slots[i] = static_cast<int>(rest.slots * shares[i] / sum);
        left -= slots[i];
    }
    auto order = rest.claimants;
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        const std::int64_t fraction_a = rest.slots * shares[a] % sum;
        const std::int64_t fraction_b = rest.slots * shares[b] % sum;
        return std::tuple(-fraction_a, shares[a], a) < std::tuple(-fraction_b, shares[b], b);
    });
    for (std::size_t i = 0; i < order.size() && left > 0; ++i, --left) {
        ++slots[order[i]];
    }
}

}  // namespace

std::vector<int> slots_by_largest_remainder(int total, std::span<const int> shares, int least) {
    std::vector<int> slots(shares.size(), least);
    Rest rest{.slots = total, .claimants = std::vector<std::size_t>(shares.size())};
    std::iota(rest.claimants.begin(), rest.claimants.end(), std::size_t{0});
    if (total < least * static_cast<std::int64_t>(shares.size())) {
        return slots;
    }
    drop_the_poor(rest, shares, least);
    give_by_remainder(rest, shares, slots);
    return slots;
}

}  // namespace inference
