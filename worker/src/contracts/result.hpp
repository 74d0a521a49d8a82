/// @file contracts/result.hpp
/// @brief A value or a classified error.
#pragma once

#include "contracts/error.hpp"

#include <tl/expected.hpp>

namespace inference {

/// Adapters and parsing return this and never throw.
template <class T>
using Result = tl::expected<T, Error>;

}  // namespace inference
