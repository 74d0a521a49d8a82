/// @file stages/reply_check.hpp
/// @brief Whether an engine's answer is one: complete, and of the form that its request asks for.
#pragma once

#include "contracts/engine_call.hpp"
#include "contracts/error.hpp"
#include "contracts/reply_shape.hpp"

#include <optional>

namespace inference {

/// What is wrong with an answer that came with a success; nullopt if all is well.
///
/// Errors: Transient ENGINE_5XX where the engine broke off (a choice without finish_reason, or with "abort" or "error"):
///         another try may end well. Fatal CONTEXT_LENGTH where it generated nothing for lack of room ("length" with no
///         completion token). Fatal ENGINE_5XX where the answer breaks the protocol: fields missing, another number of
///         answers than of questions, a tensor whose size is not that of its shape. No text of the answer is ever quoted.
std::optional<Error> check_reply(const EngineReply& reply, const ReplyShape& shape);

}  // namespace inference
