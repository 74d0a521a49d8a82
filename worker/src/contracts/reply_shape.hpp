/// @file contracts/reply_shape.hpp
/// @brief What the engine's answer must look like, given the request.
#pragma once

#include "contracts/engine_call.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>

namespace inference {

class FieldReader;

struct ReplyShape {
    Task task = Task::kChat;
    /// How many choices, embeddings, scores, results or data there must be. Of tensors: 0, not known beforehand.
    std::int64_t answers = 1;
    /// The client asked for several texts, or gave a list: so the output is a list, even of one.
    bool is_list = false;

    bool operator==(const ReplyShape&) const = default;
};

void read_fields(FieldReader& fields, ReplyShape& shape);
void to_json(nlohmann::json& json, const ReplyShape& shape);
/// Errors: throws std::invalid_argument.
void from_json(const nlohmann::json& json, ReplyShape& shape);

}  // namespace inference
