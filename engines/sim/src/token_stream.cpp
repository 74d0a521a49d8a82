#include "token_stream.hpp"

#include "text_answer.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace engine_sim {

namespace {

using nlohmann::json;

std::string quoted(const std::string& text) {
    return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::vector<std::string> tokens_of(const Continuation& answer) {
    std::vector<std::string> tokens = split_words(answer.text);
    std::for_each(tokens.begin() + (tokens.empty() ? 0 : 1), tokens.end(), [](std::string& token) {
        token.insert(0, 1, ' ');
    });
    return tokens;
}

}  // namespace

/// A whole answer ends with a step of its own, and so does one without tokens.
std::size_t TokenStream::Sequence::steps() const {
    return tokens.size() + (cut && !tokens.empty() ? 0 : 1);
}

TokenStream::TokenStream(
    const TextCall& call, const Speed& speed, const std::string& id, long created
)
    : is_chat_(call.endpoint == TextEndpoint::kChat),
      step_(speed.decode_per_token),
      head_(
          R"({"id":)" + quoted(id_of_answer(call, id)) + R"(,"object":)" +
          (is_chat_ ? R"("chat.completion.chunk")" : R"("text_completion")") + R"(,"created":)" +
          std::to_string(created) + R"(,"model":)" + quoted(call.model) + R"(,"choices":[)"
      ),
      usage_(call.include_usage ? usage_of(call).dump() : "") {
    for (std::size_t i = 0; i < call.answers.size(); ++i) {
        const Continuation& answer = call.answers[i];
        sequences_.push_back({
            .tokens = tokens_of(answer),
            .finish_reason = finish_reason_of(answer).dump(),
            .cut = answer.cut,
            .to_first = time_to_first_token(call.prompt_tokens[i / call.choices], speed),
        });
    }
}

void TokenStream::start(std::size_t sequence, TimePoint at) {
    steps_.insert({.due = at + sequences_[sequence].to_first, .sequence = sequence});
}

std::vector<std::string> TokenStream::take_due(TimePoint now) {
    std::vector<std::string> events;
    while (!steps_.empty() && steps_.begin()->due <= now) {
        take_step(steps_.extract(steps_.begin()).value(), events);
    }
    return events;
}

std::vector<std::string> TokenStream::take_rest() {
    std::vector<std::string> events = take_due(TimePoint::max());
    if (!usage_.empty()) {
        events.push_back(event("", R"(,"usage":)" + usage_));
    }
    return events;
}

std::optional<TimePoint> TokenStream::next() const {
    if (steps_.empty()) {
        return std::nullopt;
    }
    return steps_.begin()->due;
}

void TokenStream::take_step(const Step& step, std::vector<std::string>& events) {
    if (is_chat_ && !std::exchange(has_begun_, true)) {
        for (std::size_t i = 0; i < sequences_.size(); ++i) {
            events.push_back(role_event(i));
        }
    }
    Sequence& sequence = sequences_[step.sequence];
    const bool has_token = sequence.taken < sequence.tokens.size();
    const std::string text = has_token ? sequence.tokens[sequence.taken] : "";
    const bool is_last = ++sequence.taken == sequence.steps();
    events.push_back(token_event(step.sequence, text, is_last));
    tokens_taken_ += has_token ? 1 : 0;
    if (!is_last) {
        steps_.insert({.due = step.due + step_, .sequence = step.sequence});
    }
}

std::string TokenStream::event(const std::string& choices, const std::string& rest) const {
    return head_ + choices + "]" + rest + "}";
}

std::string TokenStream::role_event(std::size_t sequence) const {
    return event(
        R"({"index":)" + std::to_string(sequence) +
        R"(,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null})"
    );
}

std::string TokenStream::token_event(std::size_t sequence, const std::string& text, bool is_last)
    const {
    const std::string content =
        is_chat_ ? R"(,"delta":{"content":)" + quoted(text) + "}" : R"(,"text":)" + quoted(text);
    return event(
        R"({"index":)" + std::to_string(sequence) + content +
        R"(,"logprobs":null,"finish_reason":)" +
        (is_last ? sequences_[sequence].finish_reason : "null") + R"(,"stop_reason":null})"
    );
}

}  // namespace engine_sim
