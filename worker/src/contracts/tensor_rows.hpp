/// @file contracts/tensor_rows.hpp
/// @brief Puts tensors one below the other.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace inference {

/// Appends an output's rows to another's, along the first dimension.
///
/// Shape:   both as in a KServe v2 answer whose `data` are flat and fit the shape; `parameters` are merged, the later count.
/// Returns: what keeps the two from being one, as the end of "output 'x' ..."; empty: nothing. Then `joined` is unchanged.
std::string append_rows(nlohmann::json& joined, nlohmann::json next);

}  // namespace inference
