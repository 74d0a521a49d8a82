/// @file contracts/fairness_key.hpp
/// @brief Which tenant's turn a job takes.
#pragma once

#include <optional>
#include <string>

namespace inference {

/// What Temporal knows a client by: within a queue the keys take turns, where the server has fairness turned on.
///
/// Range: at most 64 bytes, more of them a server refuses. A longer id becomes its hash, so two of them may share their turns;
///        none is the empty key, which all jobs without a client share.
std::string fairness_key(const std::optional<std::string>& client_id);

}  // namespace inference
