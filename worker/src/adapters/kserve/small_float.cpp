#include "adapters/kserve/small_float.hpp"

#include <cmath>
#include <limits>

namespace inference {
namespace {

// IEEE 754 binary interchange layout: sign, biased exponent, mantissa.
template <int ExponentBits, int MantissaBits>
struct Format {
    static_assert(1 + ExponentBits + MantissaBits == 16);
    static constexpr int kBias = (1 << (ExponentBits - 1)) - 1;
    static constexpr int kSmallestExponent = 1 - kBias;
    static constexpr std::uint16_t kSign = 0x8000;
    static constexpr std::uint16_t kInfinity = ((1 << ExponentBits) - 1) << MantissaBits;
    static constexpr std::uint16_t kQuietNan = kInfinity | (1 << (MantissaBits - 1));

    static std::uint16_t encode_magnitude(double magnitude) noexcept {
        if (std::isnan(magnitude)) {
            return kQuietNan;
        }
        if (std::isinf(magnitude)) {
            return kInfinity;
        }
        // Subnormals share the smallest exponent; zero has none of its own.
        int exponent = magnitude == 0 ? kSmallestExponent : std::ilogb(magnitude);
        exponent = exponent < kSmallestExponent ? kSmallestExponent : exponent;
        if (exponent > kBias) {
            return kInfinity;
        }
        // In units of the last place the magnitude is a number below 2^(mantissa bits + 1), leading bit included. That bit
        // counts one exponent step, so adding suffices, also where rounding carries into the next exponent.
        const double units = std::nearbyint(std::ldexp(magnitude, MantissaBits - exponent));
        const int steps = exponent - kSmallestExponent;
        return static_cast<std::uint16_t>((steps << MantissaBits) + static_cast<int>(units));
    }

    static std::uint16_t encode(double value) noexcept {
        const std::uint16_t magnitude = encode_magnitude(std::fabs(value));
        return static_cast<std::uint16_t>(std::signbit(value) ? kSign | magnitude : magnitude);
    }

    static double decode_magnitude(std::uint16_t bits) noexcept {
        const int exponent = bits >> MantissaBits;
        const int mantissa = bits & ((1 << MantissaBits) - 1);
        if (bits >= kInfinity) {
            return mantissa == 0 ? std::numeric_limits<double>::infinity()
                                 : std::numeric_limits<double>::quiet_NaN();
        }
        if (exponent == 0) {
            return std::ldexp(mantissa, kSmallestExponent - MantissaBits);
        }
        return std::ldexp(mantissa + (1 << MantissaBits), exponent - kBias - MantissaBits);
    }

    static double decode(std::uint16_t bits) noexcept {
        const double magnitude = decode_magnitude(bits & static_cast<std::uint16_t>(~kSign));
        return (bits & kSign) != 0 ? -magnitude : magnitude;
    }
};

using Fp16 = Format<5, 10>;
using Bf16 = Format<8, 7>;

}  // namespace

std::uint16_t to_fp16(double value) noexcept {
    return Fp16::encode(value);
}

std::uint16_t to_bf16(double value) noexcept {
    return Bf16::encode(value);
}

double from_fp16(std::uint16_t bits) noexcept {
    return Fp16::decode(bits);
}

double from_bf16(std::uint16_t bits) noexcept {
    return Bf16::decode(bits);
}

}  // namespace inference
