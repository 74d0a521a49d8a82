#include "contracts/fairness_key.hpp"

#include "contracts/fnv_hash.hpp"

#include <array>
#include <cstddef>
#include <cstdio>

namespace inference {
namespace {

constexpr std::size_t kLongestKey = 64;

}  // namespace

std::string fairness_key(const std::optional<std::string>& client_id) {
    if (!client_id || client_id->size() <= kLongestKey) {
        return client_id.value_or("");
    }
    std::array<char, 17> digits{};
    std::snprintf(
        digits.data(),
        digits.size(),
        "%016llx",
        static_cast<unsigned long long>(fnv_hash(*client_id))
    );
    return std::string("client-") + digits.data();
}

}  // namespace inference
