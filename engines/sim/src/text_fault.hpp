/// @file text_fault.hpp
/// @brief What a fault changes in an answer of text before it is on its way.
#pragma once

#include "fault_script.hpp"
#include "text_call.hpp"

#include <string>
#include <vector>

namespace engine_sim {

/// Cuts the answers to `tokens` and gives them the `finish_reason`; only that of `choice`, if there is one.
void apply(const FaultAction& fault, TextCall& call);

/// The JSON without what the pointers point at; anything else as it is.
std::string without(const std::string& body, const std::vector<std::string>& pointers);

/// Half a document, and then what no JSON has.
std::string garbled(const std::string& body);

}  // namespace engine_sim
