#include "temporal/random.hpp"

#include <bit>
#include <string_view>

namespace temporal {

void Random::reseed(std::uint64_t seed) noexcept {
    for (std::uint64_t& word : state_) {
        seed += 0x9E3779B97F4A7C15ULL;
        std::uint64_t mixed = seed;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
        word = mixed ^ (mixed >> 31);
    }
}

std::uint64_t Random::next() noexcept {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

std::uint64_t Random::below(std::uint64_t bound) noexcept {
    // Draws again below 2^64 mod bound, so that every remainder is equally likely.
    const std::uint64_t reject_below = (0 - bound) % bound;
    std::uint64_t drawn = next();
    while (drawn < reject_below) {
        drawn = next();
    }
    return drawn % bound;
}

double Random::uniform() noexcept {
    return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

std::string Random::uuid() noexcept {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string text = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
    std::uint64_t bits = 0;
    int left = 0;
    for (char& c : text) {
        if (c != 'x' && c != 'y') {
            continue;
        }
        if (left == 0) {
            bits = next();
            left = 16;
        }
        const auto nibble = bits & 0xF;
        c = kHex[c == 'y' ? (0x8 | (nibble & 0x3)) : nibble];
        bits >>= 4;
        --left;
    }
    return text;
}

}  // namespace temporal
