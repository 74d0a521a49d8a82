/// @file contracts/token_usage.hpp
/// @brief How many tokens a job took.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>

namespace inference {

class FieldReader;

/// Wire: all three keys, always; 0 where the engine counts none.
struct TokenUsage {
    std::int64_t prompt_tokens = 0;
    std::int64_t completion_tokens = 0;
    std::int64_t total_tokens = 0;

    TokenUsage& operator+=(const TokenUsage& more) noexcept {
        prompt_tokens += more.prompt_tokens;
        completion_tokens += more.completion_tokens;
        total_tokens += more.total_tokens;
        return *this;
    }
    bool operator==(const TokenUsage&) const = default;
};

void read_fields(FieldReader& fields, TokenUsage& usage);
void to_json(nlohmann::json& json, const TokenUsage& usage);
/// Errors: throws std::invalid_argument.
void from_json(const nlohmann::json& json, TokenUsage& usage);

}  // namespace inference
