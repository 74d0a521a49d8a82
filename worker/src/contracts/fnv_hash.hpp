/// @file contracts/fnv_hash.hpp
/// @brief A hash that is the same on every machine and in every version.
#pragma once

#include <cstdint>
#include <string_view>

namespace inference {

/// FNV-1a, 64 bits.
constexpr std::uint64_t fnv_hash(std::string_view text) noexcept {
    std::uint64_t value = 0xcbf29ce484222325;
    for (const char c : text) {
        value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
    return value;
}

}  // namespace inference
