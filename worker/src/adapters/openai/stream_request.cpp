#include "adapters/openai/stream_request.hpp"

#include "adapters/classify/error_body.hpp"
#include "adapters/classify/pattern.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace inference {
namespace {

using nlohmann::json;

/// Present, and neither null nor false.
bool asks_for(const json& request, const char* name) {
    const auto found = request.find(name);
    return found != request.end() && !found->is_null() && *found != false;
}

double number_or(const json& request, const char* name, double fallback) {
    const auto found = request.find(name);
    return found != request.end() && found->is_number() ? found->get<double>() : fallback;
}

// As pattern.hpp has them: what engines say, and what one may expect of others.
constexpr std::array<std::string_view, 9> kRefusals{
    "stream_options",
    "stream=true",
    "to stream this model",
    "does not support stream",
    "streaming is not",
    "streaming not supported",
    "stream is not supported",
    "stream mode is not supported",
    "not supported with stream",
};

bool is_about_stream(const json& error) {
    const auto param = error.is_object() ? error.find("param") : error.end();
    return error.is_object() && param != error.end() &&
           (*param == "stream" || *param == "stream_options");
}

}  // namespace

bool can_stream(const TaskApi& api, const json& request) {
    const double n = number_or(request, "n", 1);
    return api.generates && !asks_for(request, "use_beam_search") &&
           !asks_for(request, "prompt_logprobs") && number_or(request, "best_of", n) <= n &&
           !(asks_for(request, "echo") && asks_for(request, "logprobs"));
}

void ask_for_stream(json& request) {
    request["stream"] = true;
    request["stream_options"] = {{"include_usage", true}};
}

bool refuses_to_stream(const HttpAnswer& answer) {
    const bool is_refusal = answer.status == 400 || answer.status == 405 || answer.status == 422 ||
                            answer.status == 501;
    if (!is_refusal) {
        return false;
    }
    const json body = json::parse(answer.body, nullptr, false);
    if (body.is_object() &&
        (is_about_stream(body) || is_about_stream(body.value("error", json())))) {
        return true;
    }
    const std::string text = read_error_body(answer.body).text;
    return std::ranges::any_of(kRefusals, [&text](std::string_view refusal) {
        return find_pattern(refusal, text).has_value();
    });
}

}  // namespace inference
