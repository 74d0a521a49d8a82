/// @file stages/call_parts.hpp
/// @brief Cuts a call with several items into smaller ones, and makes one answer of theirs.
#pragma once

#include "contracts/engine_call.hpp"
#include "contracts/inferred.hpp"
#include "contracts/item_range.hpp"
#include "contracts/processed.hpp"
#include "contracts/result.hpp"

#include <cstdint>
#include <vector>

namespace inference {

/// How many items a call holds that the engine could answer one by one: prompts, texts, documents, pairs, or what tensors
/// have along their first dimension. 1 for what cannot be cut, such as a chat.
std::int64_t item_count(const EngineCall& call);

/// The same step with these items only, unwatched. A list stays a list, even of one.
///
/// Range: `items` lies within item_count().
Processed cut(const Processed& whole, ItemRange items);

/// What the engine answered to some of the items.
struct AnsweredPart {
    ItemRange items;
    Inferred answer;
};

/// One answer of the parts', as if the engine had given it at once: in the order of the items, places counted through,
/// usage and times summed; results of a reranking sorted anew.
///
/// Range: `parts` are answers to cuts of `whole`, in order and without gaps.
/// Errors: Fatal ENGINE_5XX for outputs that do not fit together, such as tensors that differ in more than their first
///         dimension. Replay: deterministic.
Result<Inferred> join(const Processed& whole, std::vector<AnsweredPart> parts);

}  // namespace inference
