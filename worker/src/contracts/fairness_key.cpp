#include "contracts/fairness_key.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace inference {
namespace {

constexpr std::size_t kLongestKey = 64;

/// FNV-1a: the same on every machine and in every version, for a key must not change from one worker to the next.
std::uint64_t hash(const std::string& text) {
    std::uint64_t value = 0xcbf29ce484222325;
    for (const char c : text) {
        value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
    return value;
}

}  // namespace

std::string fairness_key(const std::optional<std::string>& client_id) {
    if (!client_id || client_id->size() <= kLongestKey) {
        return client_id.value_or("");
    }
    std::array<char, 17> digits{};
    std::snprintf(
        digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(hash(*client_id))
    );
    return std::string("client-") + digits.data();
}

}  // namespace inference
