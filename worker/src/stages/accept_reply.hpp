/// @file stages/accept_reply.hpp
/// @brief The end of the second step: what infer returns once an engine has answered.
#pragma once

#include "contracts/engine_call.hpp"
#include "contracts/inferred.hpp"
#include "contracts/processed.hpp"
#include "contracts/result.hpp"

namespace inference {

/// Takes the answer if it is complete and of the form that the request asks for; the request itself goes no further.
///
/// It belongs into infer, not postprocess, for here another try can still mend what the engine broke off.
///
/// Errors: those of check_reply().
/// Threads: a pure function.
Result<Inferred> accept_reply(Processed processed, EngineReply reply);

}  // namespace inference
