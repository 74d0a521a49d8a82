/// @file temporal/query_options.hpp
/// @brief How a workflow is queried.
#pragma once

#include "temporal/retry_policy.hpp"

#include <optional>
#include <stop_token>

namespace temporal {

/// When a query is refused instead of answered from a closed workflow's replayed state.
enum class QueryRejectCondition {
    kNone,  ///< Never.
    kNotOpen,  ///< If the workflow has ended.
    kNotCompletedCleanly,  ///< If it has ended otherwise than by completing.
};

/// Options of one query. Timeout and stop are those of CallOptions.
struct QueryOptions {
    std::optional<Duration> timeout = std::nullopt;
    std::stop_token stop = {};
    QueryRejectCondition reject_condition = QueryRejectCondition::kNone;
};

}  // namespace temporal
