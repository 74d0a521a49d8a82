/// @file files/s3/random_token.hpp
/// @brief A name that nobody else chooses.
#pragma once

#include <string>

namespace inference {

/// 16 hexadecimal digits.
std::string random_token();

}  // namespace inference
