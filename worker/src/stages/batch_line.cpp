#include "stages/batch_line.hpp"

#include "contracts/describe.hpp"
#include "contracts/field_reader.hpp"
#include "contracts/json_field.hpp"
#include "contracts/json_text.hpp"

#include <array>
#include <optional>
#include <utility>

namespace inference {
namespace {

using Json = nlohmann::json;

tl::unexpected<Error> refusal(std::string message) {
    return tl::unexpected(fatal(ErrorCode::kValidation, std::move(message)));
}

/// What of a body is content: moved into the input, under our name for it.
struct Content {
    std::string_view theirs;
    std::string_view ours;
};

struct Endpoint {
    std::string_view path;  ///< Without /v1.
    std::string_view text_task;  ///< Of `texts`; empty for other content.
    std::array<Content, 2> content;
};

constexpr std::array<Endpoint, 7> kEndpoints{{
    {"/chat/completions", "", {{{"messages", "messages"}}}},
    {"/completions", "", {{{"prompt", "prompt"}}}},
    {"/embeddings", "embed", {{{"input", "texts"}}}},
    {"/classify", "classify", {{{"input", "texts"}}}},
    {"/pooling", "pooling", {{{"input", "texts"}}}},
    {"/rerank", "", {{{"query", "query"}, {"documents", "documents"}}}},
    {"/score", "", {{{"text_1", "text_1"}, {"text_2", "text_2"}}}},
}};

constexpr std::string_view kTakes =
    "it takes /v1/chat/completions, /v1/completions, /v1/embeddings, /v1/score, /v1/rerank, "
    "/classify, /pooling or /v2/models/NAME/infer";

const Endpoint* find_endpoint(std::string_view url) {
    constexpr std::string_view kVersion = "/v1";
    if (url.starts_with(kVersion)) {
        url.remove_prefix(kVersion.size());
    } else if (url == "/v2/rerank") {
        url = "/rerank";
    }
    for (const Endpoint& endpoint : kEndpoints) {
        if (endpoint.path == url) {
            return &endpoint;
        }
    }
    return nullptr;
}

/// NAME of /v2/models/NAME/infer; a version may stand in between.
std::optional<std::string> kserve_model(std::string_view url) {
    constexpr std::string_view kBegin = "/v2/models/";
    constexpr std::string_view kEnd = "/infer";
    if (!url.starts_with(kBegin) || !url.ends_with(kEnd) ||
        url.size() <= kBegin.size() + kEnd.size()) {
        return std::nullopt;
    }
    url = url.substr(kBegin.size(), url.size() - kBegin.size() - kEnd.size());
    const std::string_view name = url.substr(0, url.find('/'));
    return name.empty() ? std::nullopt : std::optional<std::string>(name);
}

void move_field(Json& from, std::string_view theirs, Json& to, std::string_view ours) {
    if (theirs.empty()) {
        return;
    }
    const auto found = from.find(theirs);
    if (found != from.end()) {
        to[std::string(ours)] = std::move(*found);
        from.erase(found);
    }
}

void read_model(FieldReader& fields, std::string& model) {
    std::optional<std::string> named;
    fields.read("model", named);
    model = named.value_or(model);
    if (fields.ok() && model.empty()) {
        fields.complain(
            "model",
            named ? "is empty; it takes the name of a model"
                  : "is missing, and the batch names none either"
        );
    }
}

/// Content apart, what is left are parameters.
std::optional<std::string> read_openai(const Endpoint& endpoint, Json body, InferRequest& request) {
    FieldReader fields(body, "body");
    bool stream = false;
    fields.read("stream", stream);
    if (fields.ok() && stream) {
        fields.complain("stream", "is true; a batch has whole answers, so leave it out");
    }
    read_model(fields, request.model);
    for (const Content& content : endpoint.content) {
        if (!content.theirs.empty()) {
            fields.require(content.theirs);
        }
    }
    if (!fields.ok()) {
        return fields.problem();
    }
    body.erase("model");
    body.erase("stream");
    body.erase("stream_options");
    for (const Content& content : endpoint.content) {
        move_field(body, content.theirs, request.input, content.ours);
    }
    if (!endpoint.text_task.empty()) {
        request.input["task"] = endpoint.text_task;
    }
    request.parameters.update(body);
    return std::nullopt;
}

std::optional<std::string> read_kserve(std::string model, Json body, InferRequest& request) {
    FieldReader fields(body, "body");
    Json parameters = Json::object();
    fields.require("inputs");
    fields.read_object("parameters", parameters);
    if (!fields.ok()) {
        return fields.problem();
    }
    request.model = std::move(model);
    move_field(body, "inputs", request.input, "inputs");
    move_field(body, "outputs", request.input, "outputs");
    request.parameters.update(parameters);
    return std::nullopt;
}

std::optional<std::string> read_file_line(Json json, InferRequest& request) {
    FieldReader fields(json);
    std::string method = "POST";
    std::string url;
    fields.require("url");
    fields.read("method", method);
    fields.read("url", url);
    if (fields.ok() && method != "POST") {
        fields.complain("method", "is " + shown(method) + "; it takes 'POST'");
    }
    const Endpoint* const endpoint = find_endpoint(url);
    std::optional<std::string> tensors = kserve_model(url);
    if (fields.ok() && endpoint == nullptr && !tensors) {
        fields.complain("url", "is " + shown(url) + "; " + std::string(kTakes));
    }
    Json body;
    fields.require("body");
    fields.read_object("body", body);
    if (!fields.ok()) {
        return fields.problem();
    }
    return endpoint != nullptr ? read_openai(*endpoint, std::move(body), request)
                               : read_kserve(*std::move(tensors), std::move(body), request);
}

std::optional<std::string> read_inline_item(Json json, InferRequest& request) {
    FieldReader fields(json);
    Json parameters = Json::object();
    fields.read_object("input", request.input);
    fields.read_object("parameters", parameters);
    read_model(fields, request.model);
    request.parameters.update(parameters);
    return fields.ok() ? std::nullopt : std::optional(fields.problem());
}

/// The id may be anything but empty: it is the client's own.
std::optional<std::string> read_custom_id(const Json& json, std::string& custom_id) {
    FieldReader fields(json);
    fields.require("custom_id");
    fields.read("custom_id", custom_id);
    if (fields.ok() && custom_id.empty()) {
        fields.complain("custom_id", "is empty; it takes a name that no other item has");
    }
    return fields.ok() ? std::nullopt : std::optional(fields.problem());
}

std::string line_of(Json line) {
    // What is no UTF-8 would else be an exception; an engine may send anything.
    return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// The id stands first in a line, which a JSON object's order would not keep.
std::string with_id_first(const std::string& id, const Json& rest) {
    return R"({"id":")" + id + R"(",)" + line_of(rest).substr(1);
}

}  // namespace

Result<BatchItem> parse_batch_line(std::string_view line, const BatchDefaults& defaults) {
    std::optional<Json> parsed = parse_json_text(line);
    if (!parsed) {
        return refusal("the line is no JSON, or nested too deep; each line is one JSON object");
    }
    Json json = *std::move(parsed);
    if (!json.is_object()) {
        return refusal("the line is " + describe(json) + "; each line is one JSON object");
    }
    BatchItem item;
    item.request.model = defaults.model;
    item.request.parameters = defaults.parameters;
    std::optional<std::string> problem = read_custom_id(json, item.custom_id);
    if (!problem) {
        problem = field(json, "input") != nullptr ? read_inline_item(std::move(json), item.request)
                                                  : read_file_line(std::move(json), item.request);
    }
    if (problem) {
        return refusal(*std::move(problem));
    }
    return item;
}

std::string custom_id_of(std::string_view line) {
    const Json json = parse_json_text(line).value_or(Json());
    const Json* const id = field(json, "custom_id");
    return id != nullptr && id->is_string() ? id->get<std::string>() : std::string();
}

std::string result_line(
    const std::string& id,
    const std::string& custom_id,
    const std::string& request_id,
    const Json& body
) {
    return with_id_first(
        id,
        {{"custom_id", custom_id},
         {"response", {{"status_code", 200}, {"request_id", request_id}, {"body", body}}},
         {"error", nullptr}}
    );
}

std::string error_line(const std::string& id, const std::string& custom_id, const Error& error) {
    return with_id_first(
        id,
        {{"custom_id", custom_id},
         {"response", nullptr},
         {"error",
          {{"code", to_string(error.code)},
           {"class", to_string(error.error_class)},
           {"message", error.message}}}}
    );
}

}  // namespace inference
