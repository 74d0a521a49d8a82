#include "files/s3/random_token.hpp"

#include <array>
#include <cstdio>
#include <random>

namespace inference {

std::string random_token() {
    std::random_device random;
    std::array<char, 17> text{};
    std::snprintf(text.data(), text.size(), "%08x%08x", random(), random());
    return text.data();
}

}  // namespace inference
