/// @file bridge/peek_run_id.hpp
/// @brief Which run an encoded activation belongs to, without decoding it.
#pragma once

#include <string_view>

namespace temporal::bridge {

/// The run id of a serialised WorkflowActivation, as a view into `activation`; empty if there is
/// none.
[[nodiscard]] std::string_view peek_run_id(std::string_view activation) noexcept;

}  // namespace temporal::bridge
