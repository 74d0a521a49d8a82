/// @file text_request.hpp
/// @brief From the body of an OpenAI request to a text call, refusing what vLLM refuses in vLLM's words.
#pragma once

#include "call.hpp"
#include "fault_script.hpp"
#include "text_call.hpp"

#include <nlohmann/json_fwd.hpp>
#include <tl/expected.hpp>

#include <string>
#include <string_view>

namespace engine_sim {

/// What a request says about itself, read leniently: the log knows also those calls that are refused.
CallFacts facts_of(const nlohmann::json& body);

/// Every text that a request hands to the model, a line each, whatever the endpoint.
std::string text_of(const nlohmann::json& body);

/// Errors: the status and body that vLLM gives, such as its echo of the offending value.
tl::expected<nlohmann::json, HttpReply> parse_body(std::string_view body);
tl::expected<TextCall, HttpReply> read_text_call(
    TextEndpoint endpoint, const nlohmann::json& body, const TextModels& models
);

}  // namespace engine_sim
