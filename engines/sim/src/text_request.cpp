#include "text_request.hpp"

#include "pooling_request.hpp"
#include "request_fields.hpp"

#include <nlohmann/json.hpp>

#include <absl/strings/str_join.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

namespace engine_sim {

namespace {

using nlohmann::json;

constexpr std::size_t kDefaultCompletionTokens = 16;
constexpr std::int64_t kMostChoices = 16'384;
constexpr std::int64_t kMostDimensions = 65'536;

/// The text of a message, whose content is a string or a list of parts.
Words read_message(const json& message, const std::string& location) {
    if (!message.is_object() || !message.contains("role") || !message["role"].is_string()) {
        refuse_field("missing", location + ".role", "Field required", echoed(message));
    }
    const json content = message.value("content", json(""));
    if (content.is_string() || content.is_null()) {
        return split_words(content.is_null() ? "" : content.get_ref<const std::string&>());
    }
    Words words;
    for (const json& part : content) {
        if (!part.is_object() || part.value("type", "") != "text" || !part.contains("text")) {
            refuse(400, "BadRequestError", "Unknown part type in " + location + ".content");
        }
        std::ranges::move(
            read_prompt(part["text"], location + ".content"), std::back_inserter(words)
        );
    }
    return words;
}

/// The last message is answered; all of them are read.
void read_messages(const json& body, TextCall& call) {
    const json& messages = required(body, "messages");
    if (!messages.is_array()) {
        refuse_field(
            "list_type", "body.messages", "Input should be a valid list", echoed(messages)
        );
    }
    if (messages.empty()) {
        refuse(
            400,
            "BadRequestError",
            "Cannot apply chat template to an empty conversation. Provide at least one message."
        );
    }
    Words last;
    std::size_t tokens = 0;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        last = read_message(messages[i], "body.messages." + std::to_string(i));
        tokens += last.size();
    }
    call.prompts.push_back(std::move(last));
    call.prompt_tokens.push_back(tokens);
}

void read_input(const json& body, const char* name, TextCall& call) {
    call.prompts = read_prompts(required(body, name), std::string("body.") + name);
    std::ranges::transform(call.prompts, std::back_inserter(call.prompt_tokens), &Words::size);
}

/// Embeddings, classes and pooling are also made of a conversation.
void read_embedded(const json& body, TextCall& call) {
    if (body.contains("messages")) {
        read_messages(body, call);
    } else {
        read_input(body, "input", call);
    }
}

void check_model(const json& body, const TextModels& models, TextCall& call) {
    const auto field = body.find("model");
    if (field == body.end() || field->is_null()) {
        call.model = models.names.empty() ? "" : models.names.front();
    } else if (field->is_string()) {
        call.model = field->get<std::string>();
    } else {
        refuse_field("string_type", "body.model", "Input should be a valid string", echoed(*field));
    }
    if (std::ranges::find(models.names, call.model) == models.names.end()) {
        refuse(
            404,
            "NotFoundError",
            "The model `" + call.model +
                "` does not exist. Valid aliases: " + absl::StrJoin(models.names, ", ") + ".",
            "model"
        );
    }
}

void check_length(std::size_t tokens, std::size_t limit, bool generates) {
    const std::string limit_text = std::to_string(limit);
    if (tokens == 0) {
        refuse(400, "BadRequestError", "The decoder prompt cannot be empty");
    }
    if (tokens > limit) {
        // It reads no further than it has to.
        const std::string read = std::to_string(limit + 1);
        refuse(
            400,
            "BadRequestError",
            "This model's maximum context length is " + limit_text +
                " tokens. However, your prompt contains at least " + read +
                " input tokens, which exceeds this limit even without any output tokens. Please "
                "reduce the length of the input prompt. (parameter=input_tokens, value=" +
                read + ")",
            "input_tokens"
        );
    }
    if (tokens == limit && generates) {
        refuse(
            400,
            "BadRequestError",
            "The decoder prompt (length " + limit_text +
                ") plus the number of requested output tokens (at least 1) is longer than the "
                "maximum model length "
                "of " +
                limit_text +
                ". Make sure that `max_model_len` is no smaller than the number of text tokens "
                "(prompt + requested "
                "output tokens)."
        );
    }
}

/// A parameter that is refused, as vLLM says it.
[[noreturn]] void refuse_parameter(
    const std::string& message, const std::string& name, const std::string& value
) {
    refuse(
        400, "BadRequestError", message + " (parameter=" + name + ", value=" + value + ")", name
    );
}

void check_length_of_answer(std::size_t max_tokens, std::size_t longest) {
    const std::string asked = std::to_string(max_tokens);
    if (max_tokens == 0) {
        refuse_parameter("max_tokens must be at least 1, got 0.", "max_tokens", asked);
    }
    if (max_tokens > longest) {
        refuse_parameter(
            "max_tokens=" + asked + " cannot be greater than max_model_len=" +
                std::to_string(longest) + ". Please request fewer output tokens.",
            "max_tokens",
            asked
        );
    }
}

void check_sampling(const json& body) {
    const auto temperature = body.find("temperature");
    if (temperature != body.end() && temperature->is_number() && *temperature < 0) {
        const std::string value = temperature->dump();
        refuse_parameter(
            "temperature must be non-negative, got " + value + ".", "temperature", value
        );
    }
    const auto top_p = body.find("top_p");
    if (top_p != body.end() && top_p->is_number() && (*top_p <= 0 || *top_p > 1)) {
        const std::string value = top_p->dump();
        refuse_parameter("top_p must be in (0, 1], got " + value + ".", "top_p", value);
    }
}

/// What a request asks for; the room that the context leaves is applied to each prompt.
Sampling read_sampling(const json& body, TextEndpoint endpoint, std::size_t longest) {
    Sampling sampling;
    const bool is_chat = endpoint == TextEndpoint::kChat;
    sampling.max_tokens =
        is_chat ? std::numeric_limits<std::size_t>::max() : kDefaultCompletionTokens;
    for (const char* const name : {"max_tokens", "max_completion_tokens"}) {
        if (const auto asked = read_count(body, name)) {
            check_length_of_answer(*asked, longest);
            sampling.max_tokens = *asked;
        }
    }
    check_sampling(body);
    sampling.min_tokens = read_count(body, "min_tokens").value_or(0);
    sampling.ignore_eos = read_flag(body, "ignore_eos");
    return sampling;
}

void answer_prompts(const json& body, const TextModels& models, TextCall& call) {
    const Sampling asked = read_sampling(body, call.endpoint, models.max_model_len);
    call.choices = std::max<std::size_t>(read_count(body, "n", kMostChoices).value_or(1), 1);
    for (std::size_t i = 0; i < call.prompts.size(); ++i) {
        Sampling sampling = asked;
        sampling.max_tokens =
            std::min(asked.max_tokens, models.max_model_len - call.prompt_tokens[i]);
        const Continuation answer = continue_prompt(call.prompts[i], sampling);
        call.answers.insert(call.answers.end(), call.choices, answer);
    }
}

void read_stream_options(const json& body, TextCall& call) {
    call.stream = read_flag(body, "stream");
    const auto options = body.find("stream_options");
    if (options == body.end() || options->is_null()) {
        return;
    }
    if (!call.stream) {
        refuse(
            400,
            "BadRequestError",
            "Stream options can only be defined when `stream=True`.",
            "stream_options"
        );
    }
    call.include_usage = options->is_object() && read_flag(*options, "include_usage");
}

void require_prompt(const json& body) {
    const auto prompt = body.find("prompt");
    if (prompt == body.end() || prompt->is_null() || *prompt == "") {
        refuse(
            400,
            "BadRequestError",
            "Either prompt or prompt_embeds must be provided and non-empty. (parameter=prompt)",
            "prompt"
        );
    }
}

TextCall read(TextEndpoint endpoint, const json& body, const TextModels& models) {
    if (!body.is_object()) {
        refuse_field(
            "model_attributes_type", "body", "Input should be a valid dictionary", echoed(body)
        );
    }
    const bool generates = endpoint == TextEndpoint::kChat || endpoint == TextEndpoint::kCompletion;
    TextCall call;
    call.endpoint = endpoint;
    switch (endpoint) {
        case TextEndpoint::kChat: read_messages(body, call); break;
        case TextEndpoint::kCompletion:
            require_prompt(body);
            read_input(body, "prompt", call);
            break;
        case TextEndpoint::kEmbedding:
        case TextEndpoint::kClassify:
        case TextEndpoint::kPooling: read_embedded(body, call); break;
        case TextEndpoint::kScore: read_score(body, call); break;
        case TextEndpoint::kRerank: read_rerank(body, call); break;
    }
    check_model(body, models, call);
    for (const std::size_t tokens : call.prompt_tokens) {
        check_length(tokens, models.max_model_len, generates);
    }
    if (generates) {
        read_stream_options(body, call);
        answer_prompts(body, models, call);
    } else {
        read_pooling_options(body, call);
        const auto asked = read_count(body, "dimensions", kMostDimensions);
        call.dimensions = std::max<std::size_t>(asked.value_or(models.embedding_dimensions), 1);
        call.base64 = body.value("encoding_format", json("float")) == "base64";
    }
    return call;
}

std::string field_of(const json& body, const char* name) {
    const auto field = body.find(name);
    return field != body.end() && field->is_string() ? field->get<std::string>() : "";
}

/// The strings of a value, however deep.
void collect_text(const json& value, std::string& text) {
    if (value.is_string()) {
        text += value.get_ref<const std::string&>() + "\n";
    } else if (value.is_structured()) {
        for (const json& item : value) {
            collect_text(item, text);
        }
    }
}

}  // namespace

std::string text_of(const json& body) {
    std::string text;
    for (const char* const name :
         {"prompt", "input", "messages", "text_1", "text_2", "query", "documents"}) {
        if (body.is_object() && body.contains(name)) {
            collect_text(body[name], text);
        }
    }
    return text;
}

CallFacts facts_of(const json& body) {
    CallFacts facts;
    if (!body.is_object()) {
        return facts;
    }
    facts.model = field_of(body, "model");
    facts.request_id = field_of(body, "request_id");
    facts.priority =
        body.value("priority", json()).is_number_integer() ? body["priority"].get<int>() : 0;
    for (const char* const name : {"prompt", "input", "text_1", "text_2", "documents"}) {
        const auto field = body.find(name);
        if (field != body.end() && field->is_array() && !is_token_list(*field)) {
            facts.batch = std::max(facts.batch, field->size());
        }
    }
    return facts;
}

tl::expected<json, HttpReply> parse_body(std::string_view text) {
    try {
        return json::parse(text);
    } catch (const json::parse_error& error) {
        const std::string place = "body." + std::to_string(error.byte - 1);
        return tl::unexpected(error_reply(
            400,
            "Bad Request",
            "1 validation error:\n  {'type': 'json_invalid', 'loc': '" + place +
                "', 'msg': 'JSON decode error', 'input': '<dict of 0 items>', 'ctx': {'error': "
                "'Expecting value'}}",
            place
        ));
    }
}

tl::expected<TextCall, HttpReply> read_text_call(
    TextEndpoint endpoint, const json& body, const TextModels& models
) {
    try {
        return read(endpoint, body, models);
    } catch (Refused& refused) {
        return tl::unexpected(std::move(refused.reply));
    }
}

}  // namespace engine_sim
