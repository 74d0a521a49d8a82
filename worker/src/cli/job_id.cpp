#include "cli/job_id.hpp"

#include <sys/random.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <system_error>

namespace inference::cli {
namespace {

constexpr std::size_t kUuidBytes = 16;
using UuidBytes = std::array<std::uint8_t, kUuidBytes>;

/// 8-4-4-4-12 digits.
std::string to_text(const UuidBytes& bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    constexpr std::uint8_t kLowDigit = 0x0F;
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            text += '-';
        }
        text += kDigits[bytes[i] >> 4U];
        text += kDigits[bytes[i] & kLowDigit];
    }
    return text;
}

}  // namespace

std::string uuid_v7(Timestamp time, const UuidRandom& random) {
    constexpr std::size_t kTimeBytes = 6;
    constexpr unsigned kByte = 8;
    const auto milliseconds = static_cast<std::uint64_t>(time.time_since_epoch().count());
    UuidBytes bytes{};
    for (std::size_t i = 0; i < kTimeBytes; ++i) {
        bytes[i] = static_cast<std::uint8_t>(milliseconds >> (kByte * (kTimeBytes - 1 - i)));
    }
    for (std::size_t i = 0; i < random.size(); ++i) {
        bytes[kTimeBytes + i] = random[i];
    }
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0FU) | 0x70U);  // Version 7.
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3FU) | 0x80U);  // The RFC's variant.
    return to_text(bytes);
}

std::string new_job_id(std::string_view prefix) {
    UuidRandom random{};
    if (getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
        throw std::system_error(errno, std::generic_category(), "cannot make a job id");
    }
    const auto now =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    return std::string(prefix) + uuid_v7(now, random);
}

}  // namespace inference::cli
