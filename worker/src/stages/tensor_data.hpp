/// @file stages/tensor_data.hpp
/// @brief Checks a request's tensor data against its shape and datatype, so that the engine need not find out.
#pragma once

#include "contracts/tensor.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace inference {

/// Makes `data` a flat list in row-major order. It may be flat already, or nested like the shape.
///
/// Returns: what is wrong with it, for the end of a sentence that begins with the tensor's name; nullopt if all is well.
///          Then `data` has as many elements as the shape holds; what they are is check_elements()'s business.
std::optional<std::string> flatten(nlohmann::json& data, std::span<const std::int64_t> shape);

/// Whether every element of a flat list is of the datatype, and in its range.
///
/// Floating-point types take any number that does not round to infinity; integer types take no fractions: nothing is
/// lost in silence. The forms in JSON are those of contracts/tensor.hpp.
/// Returns: as above; it names the element's place and never its value.
std::optional<std::string> check_elements(const nlohmann::json& data, DataType type);

}  // namespace inference
