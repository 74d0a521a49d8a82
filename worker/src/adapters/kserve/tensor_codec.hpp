/// @file adapters/kserve/tensor_codec.hpp
/// @brief Tensor elements between JSON and the raw little-endian form of KServe v2.
#pragma once

#include "contracts/tensor.hpp"

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace inference {

/// What is wrong with some elements, as the end of "tensor 'x' ...": "has 3 elements, its shape holds 4". Quotes no value.
using TensorProblem = std::string;

/// JSON to raw, row-major.
///
/// Shape:  `data` is a flat or nested list with `count` elements: true and false (or 1 and 0) for BOOL; whole numbers
///         within the type's range; numbers, "NaN", "Infinity" and "-Infinity" for floats; for BYTES strings, or
///         {"b64": "..."} for bytes that are no text.
/// Errors: another count, kind or range. A finite number that the type cannot hold is refused, not made infinite.
tl::expected<std::string, TensorProblem> encode_elements(
    DataType type, std::size_t count, const nlohmann::json& data
);

/// Raw to a flat JSON list, in the forms that encode_elements() reads.
///
/// Errors: bytes that are not exactly `count` elements.
tl::expected<nlohmann::json, TensorProblem> decode_elements(
    DataType type, std::size_t count, std::string_view raw
);

/// One element of a BYTES tensor: a string where it is UTF-8, else {"b64": "..."}.
nlohmann::json bytes_element(std::string_view bytes);

/// A float as JSON, which has neither NaN nor infinities: those become strings.
nlohmann::json float_element(double value);

}  // namespace inference
