/// @file stages/text_batch.hpp
/// @brief Several requests about texts as one with a list, and the answers apart again.
#pragma once

#include "contracts/engine_call.hpp"
#include "contracts/result.hpp"

#include <cstdint>
#include <vector>

namespace inference {

/// The same number for calls that may go to the engine as one: of one model and task, and alike but for their texts. 0: with
/// none. Only of tasks that read texts, embed, classify and pooling: those that write some end one by one, and a list would
/// keep the first waiting for the last.
std::uint64_t text_kind(const EngineCall& call);

/// How many texts the call has.
///
/// Range: of a kind that is not 0.
std::int64_t count_texts(const EngineCall& call);

/// One call with the texts of all, in their order. The rest is that of the first.
///
/// Range: not empty, all of one kind that is not 0.
EngineCall merge_texts(const std::vector<const EngineCall*>& calls);

/// The answer in parts of so many texts, each with indexes that count from 0. The engine counts tokens for all together: `usage`
/// stands in the first part.
///
/// Errors: Fatal ENGINE_5XX if `data` has another number of elements.
Result<std::vector<nlohmann::json>> split_texts(
    nlohmann::json body, const std::vector<std::int64_t>& counts
);

}  // namespace inference
