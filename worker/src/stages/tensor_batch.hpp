/// @file stages/tensor_batch.hpp
/// @brief Several requests for tensors as one, and the answers apart again.
#pragma once

#include "contracts/engine_call.hpp"
#include "contracts/result.hpp"

#include <cstdint>
#include <vector>

namespace inference {

/// The same number for calls that may go to the engine as one: of one model, with inputs of one row that differ in their data
/// only. 0: with none.
std::uint64_t tensor_kind(const EngineCall& call);

/// One call with the rows of all, in their order. The rest is that of the first.
///
/// Range: not empty, all of one kind that is not 0.
EngineCall merge_tensors(const std::vector<const EngineCall*>& calls);

/// The answer's rows, one for each of `count` calls.
///
/// Errors: Fatal ENGINE_5XX if an output has not that many rows.
Result<std::vector<nlohmann::json>> split_tensors(nlohmann::json body, std::int64_t count);

}  // namespace inference
