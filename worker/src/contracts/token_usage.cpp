#include "contracts/token_usage.hpp"

#include "contracts/field_reader.hpp"

namespace inference {

void read_fields(FieldReader& fields, TokenUsage& usage) {
    fields.read("prompt_tokens", usage.prompt_tokens);
    fields.read("completion_tokens", usage.completion_tokens);
    fields.read("total_tokens", usage.total_tokens);
}

void to_json(nlohmann::json& json, const TokenUsage& usage) {
    json = {
        {"prompt_tokens", usage.prompt_tokens},
        {"completion_tokens", usage.completion_tokens},
        {"total_tokens", usage.total_tokens},
    };
}

void from_json(const nlohmann::json& json, TokenUsage& usage) {
    read_or_throw(json, usage);
}

}  // namespace inference
