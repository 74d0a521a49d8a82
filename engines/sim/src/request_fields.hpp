/// @file request_fields.hpp
/// @brief The fields of a request's body, read one by one, and refused in vLLM's words.
#pragma once

#include "fault_script.hpp"
#include "text_model.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine_sim {

/// Thrown by all the readers here, and caught where a body is read as a whole.
struct Refused {
    HttpReply reply;
};

/// An error in vLLM's form: type and message, with `param` where not empty.
HttpReply error_reply(
    int status, std::string_view type, const std::string& message, std::string_view param = ""
);

[[noreturn]] void refuse(
    int status, std::string_view type, const std::string& message, std::string_view param = ""
);

/// A field that does not fit the schema; `input` is its value as `echoed` gives it.
[[noreturn]] void refuse_field(
    std::string_view type,
    const std::string& location,
    std::string_view message,
    const std::string& input
);

/// A value as vLLM quotes it back: text is there in clear, containers are only described.
std::string echoed(const nlohmann::json& value);

const nlohmann::json& required(const nlohmann::json& body, const char* name);

/// Nothing if it is absent or null.
std::optional<std::size_t> read_count(
    const nlohmann::json& body,
    const char* name,
    std::int64_t most = std::numeric_limits<std::int64_t>::max()
);

bool read_flag(const nlohmann::json& body, const char* name);

bool is_token_list(const nlohmann::json& value);

/// Text or token ids; an id is a word of its own.
Words read_prompt(const nlohmann::json& value, const std::string& location);

/// One prompt or a list of them; at least one.
std::vector<Words> read_prompts(const nlohmann::json& value, const std::string& location);

}  // namespace engine_sim
