/// @file tensor.hpp
/// @brief One named tensor of a KServe v2 request or response.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine_sim {

/// Shape: row-major; -1 in the shape of a model stands for any size.
struct TensorSpec {
    std::string name;
    std::string datatype;  ///< The protocol's names: "FP32", "INT64", "BYTES", ...
    std::vector<std::int64_t> shape;
};

/// Units: `bytes` is little endian; BYTES elements are four bytes of length and the data.
struct Tensor {
    TensorSpec spec;
    std::string bytes;
};

/// 0 for BYTES, whose elements differ in size; nothing for an unknown datatype.
std::optional<std::size_t> element_size(std::string_view datatype);

/// How many whole elements there are in the bytes of a BYTES tensor.
std::size_t count_strings(std::string_view bytes);

/// The product of the shape; 1 for a scalar.
std::size_t element_count(const std::vector<std::int64_t>& shape);

/// "[-1,64]"
std::string shape_text(const std::vector<std::int64_t>& shape);

/// The elements of a numeric tensor as doubles. Precondition: `is_numeric(datatype)` and whole elements.
std::vector<double> to_doubles(const Tensor& tensor);
/// The other way; what does not fit is cut as a C++ conversion does.
std::string from_doubles(const std::vector<double>& values, std::string_view datatype);
/// FP16 and BF16 are carried but not computed with.
bool is_numeric(std::string_view datatype);

}  // namespace engine_sim
