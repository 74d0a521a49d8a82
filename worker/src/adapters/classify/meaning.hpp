/// @file adapters/classify/meaning.hpp
/// @brief The right-hand side of a classification rule.
#pragma once

#include "contracts/error.hpp"

#include <string_view>

namespace inference {

/// Texts may have places {1} to {9} for what the rule's pattern captured.
struct Meaning {
    ErrorClass error_class;
    ErrorCode code;
    std::string_view reason;
    std::string_view next_step;
    bool replica_bad = false;
    bool sent = true;
    bool engine_died = false;
    bool captures_batch_limit = false;  ///< {1} is the most items that the engine takes.
};

}  // namespace inference
