/// @file adapters/classify/status_rules.hpp
/// @brief What a status, a transport fault or a broken answer means where no text says more.
#pragma once

#include "adapters/classify/meaning.hpp"
#include "adapters/classify/signal.hpp"

#include <string_view>

namespace inference {

Meaning meaning_of_http_status(int status) noexcept;
Meaning meaning_of_grpc_code(int code) noexcept;
Meaning meaning_of_fault(TransportFault fault) noexcept;
Meaning meaning_of_defect(Defect defect) noexcept;

/// @code grpc_code_name(14) == "UNAVAILABLE" @endcode
std::string_view grpc_code_name(int code) noexcept;

}  // namespace inference
