/// @file stages/call_batch.hpp
/// @brief Several items of a batch as one call to the engine, whatever kind they are of.
#pragma once

#include "contracts/engine_call.hpp"
#include "contracts/reply_shape.hpp"
#include "contracts/result.hpp"

#include <cstdint>
#include <vector>

namespace inference {

/// The same number for calls that may go to the engine as one, tensors or texts; 0: with none.
std::uint64_t batch_kind(const EngineCall& call);

/// Range: not empty, all of one kind; of kind 0 only one.
EngineCall merge_calls(const std::vector<const EngineCall*>& calls);

/// What the answer to the merged call must look like.
///
/// @param shape Of the first call's own answer.
ReplyShape merged_shape(ReplyShape shape, const std::vector<const EngineCall*>& calls);

/// Each call's own answer.
///
/// Range:  a body that fits merged_shape().
/// Errors: Fatal ENGINE_5XX for one that cannot be taken apart.
Result<std::vector<nlohmann::json>> split_reply(
    nlohmann::json body, const std::vector<const EngineCall*>& calls
);

}  // namespace inference
