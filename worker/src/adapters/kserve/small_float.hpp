/// @file adapters/kserve/small_float.hpp
/// @brief The 16-bit floating-point formats of tensors, FP16 and BF16, from and to double.
#pragma once

#include <cstdint>

namespace inference {

/// Rounds to nearest, ties to even; what is too large becomes infinite.
std::uint16_t to_fp16(double value) noexcept;
std::uint16_t to_bf16(double value) noexcept;

/// Exact.
double from_fp16(std::uint16_t bits) noexcept;
double from_bf16(std::uint16_t bits) noexcept;

}  // namespace inference
