#include "adapters/kserve/small_float.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace inference {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Fp16, HasTheKnownValues) {
    EXPECT_EQ(from_fp16(0x3c00), 1.0);
    EXPECT_EQ(from_fp16(0xc000), -2.0);
    EXPECT_EQ(from_fp16(0x7bff), 65504.0);
    EXPECT_EQ(from_fp16(0x0400), std::ldexp(1, -14));
    EXPECT_EQ(from_fp16(0x0001), std::ldexp(1, -24));
    EXPECT_EQ(from_fp16(0x7c00), kInfinity);
    EXPECT_EQ(from_fp16(0xfc00), -kInfinity);
    EXPECT_TRUE(std::isnan(from_fp16(0x7e01)));
    EXPECT_TRUE(std::signbit(from_fp16(0x8000)));
}

TEST(Bf16, HasTheKnownValues) {
    EXPECT_EQ(from_bf16(0x3f80), 1.0);
    EXPECT_EQ(from_bf16(0xc040), -3.0);
    EXPECT_EQ(from_bf16(0x7f80), kInfinity);
    EXPECT_EQ(from_bf16(0x0001), std::ldexp(1, -133));
}

TEST(SmallFloat, RoundsToNearestAndTiesToEven) {
    const double step = std::ldexp(1, -10);
    EXPECT_EQ(to_fp16(1 + step / 2), 0x3c00);
    EXPECT_EQ(to_fp16(1 + step * 3 / 2), 0x3c02);
    EXPECT_EQ(to_fp16(1 + step * 0.51), 0x3c01);
    EXPECT_EQ(to_fp16(2 - step / 4), 0x4000);  // carries into the next exponent
    EXPECT_EQ(to_fp16(std::ldexp(1, -25)), 0x0000);
    EXPECT_EQ(to_fp16(std::ldexp(1.01, -25)), 0x0001);
    EXPECT_EQ(to_bf16(1 + std::ldexp(1, -8)), 0x3f80);
}

TEST(SmallFloat, OverflowsToInfinity) {
    EXPECT_EQ(to_fp16(65519.9), 0x7bff);
    EXPECT_EQ(to_fp16(65520), 0x7c00);
    EXPECT_EQ(to_fp16(-1e9), 0xfc00);
    EXPECT_EQ(to_fp16(1e308), 0x7c00);
    EXPECT_EQ(to_bf16(3.4e38), 0x7f80);
    EXPECT_EQ(to_bf16(3.3e38), 0x7f78);
}

TEST(SmallFloat, UnderflowsToZeroWithItsSign) {
    EXPECT_EQ(to_fp16(0.0), 0x0000);
    EXPECT_EQ(to_fp16(-0.0), 0x8000);
    EXPECT_EQ(to_fp16(std::numeric_limits<double>::denorm_min()), 0x0000);
    EXPECT_EQ(to_bf16(-1e-300), 0x8000);
}

TEST(SmallFloat, EveryValueSurvivesTheRoundTrip) {
    for (unsigned bits = 0; bits <= 0xffff; ++bits) {
        const auto raw = static_cast<std::uint16_t>(bits);
        if (!std::isnan(from_fp16(raw))) {
            ASSERT_EQ(to_fp16(from_fp16(raw)), raw);
        }
        if (!std::isnan(from_bf16(raw))) {
            ASSERT_EQ(to_bf16(from_bf16(raw)), raw);
        }
    }
    EXPECT_TRUE(std::isnan(from_fp16(to_fp16(NAN))));
    EXPECT_TRUE(std::isnan(from_bf16(to_bf16(NAN))));
}

}  // namespace
}  // namespace inference
