/// @file stages/batch_line.hpp
/// @brief One line of a batch file, in and out.
#pragma once

#include "contracts/error.hpp"
#include "contracts/infer_request.hpp"
#include "contracts/result.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace inference {

/// What items have of their batch.
struct BatchDefaults {
    std::string model;  ///< Of an item that names none; may be empty.
    nlohmann::json parameters = nlohmann::json::object();  ///< An item's own win.
};

struct BatchItem {
    std::string custom_id;
    InferRequest request;
};

/// Reads a line of an OpenAI batch file, {"custom_id","method","url","body"}, or an inline item, {"custom_id","input",
/// "parameters"?,"model"?}.
///
/// The `url` says what the `body` is: /v1/chat/completions, /v1/completions, /v1/embeddings, /v1/score, /v1/rerank, /classify,
/// /pooling, with or without /v1; or /v2/models/NAME/infer with a KServe v2 request. What the model makes of the content is for
/// preprocess() to judge.
///
/// Errors: Fatal VALIDATION that names the field, the kind of value it has and what it takes; never quotes content.
/// Threads: a pure function.
Result<BatchItem> parse_batch_line(std::string_view line, const BatchDefaults& defaults = {});

/// The custom_id, where a line has one, be it an item or not.
std::string custom_id_of(std::string_view line);

/// {"id","custom_id","response":{"status_code":200,"request_id","body"},"error":null}, without a newline.
std::string result_line(
    const std::string& id,
    const std::string& custom_id,
    const std::string& request_id,
    const nlohmann::json& body
);
/// The same with "response":null and "error":{"code","message","class"}.
std::string error_line(const std::string& id, const std::string& custom_id, const Error& error);

}  // namespace inference
