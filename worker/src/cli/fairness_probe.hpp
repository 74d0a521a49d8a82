/// @file cli/fairness_probe.hpp
/// @brief Finds out whether a server lets tenants take turns: none says so when asked.
#pragma once

#include "temporal/client.hpp"

#include <stop_token>
#include <string>
#include <vector>

namespace inference::cli {

enum class Fairness {
    kTurns,  ///< Keys take turns.
    kArrival,  ///< Tasks go in the order in which they came, whatever their keys.
    kUnknown,  ///< The probe was not served in time.
};

/// Where tasks of a flood were put into a queue before those of some others, and all were served in this order ("flood" or
/// another key): did the others get ahead?
bool took_turns(const std::vector<std::string>& served);

/// Puts a few dozen workflows that do nothing into a queue of its own and serves them: they are gone within seconds, but for
/// their place in the namespace's list of ended workflows.
///
/// Errors: temporal::RpcError if the server refuses one.
Fairness probe_fairness(const temporal::Client& client, const std::stop_token& stop);

}  // namespace inference::cli
