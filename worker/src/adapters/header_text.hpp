/// @file adapters/header_text.hpp
/// @brief What may stand in an HTTP header or in gRPC metadata.
#pragma once

#include <string_view>

namespace inference {

/// Printable ASCII. A control character would end the header, or the request.
bool is_header_text(std::string_view text) noexcept;

}  // namespace inference
