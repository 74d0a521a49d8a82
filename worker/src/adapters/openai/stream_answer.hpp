/// @file adapters/openai/stream_answer.hpp
/// @brief Puts an answer together from the events of a stream, and believes as little as of a whole one.
#pragma once

#include "adapters/adapter.hpp"
#include "adapters/classify/signal.hpp"
#include "adapters/http/sse_parser.hpp"
#include "adapters/openai/choice_builder.hpp"
#include "adapters/openai/task_api.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace inference {

/// Pure: no I/O, no clock. What it keeps is proportional to what came.
/// @code
///   StreamAnswer answer(*find_task_api(Task::kChat), 1);
///   while (...) answer.take(event);
///   std::variant<nlohmann::json, Signal> whole = answer.finish();
/// @endcode
class StreamAnswer {
public:
    /// Range: `expected` as of expected_results().
    StreamAnswer(const TaskApi& api, std::optional<std::size_t> expected, TextReport on_text = {})
        : api_(&api), expected_(expected), on_text_(std::move(on_text)) {}

    /// Nothing counts after [DONE].
    ///
    /// Errors: false once no answer can come of it; finish() says why.
    bool take(const SseEvent& event);

    bool is_done() const noexcept { return done_; }

    /// How often text, some of a tool call or the end of a choice came.
    std::size_t pieces() const noexcept { return pieces_; }

    /// The answer, complete and of the form of one that was not streamed; or what is wrong with it. Ends the object's life.
    std::variant<nlohmann::json, Signal> finish();

private:
    bool fail(Signal signal);
    bool take_chunk(nlohmann::json& chunk);
    bool take_choice(nlohmann::json& choice);
    std::optional<std::size_t> index_of(const nlohmann::json& choice) const;
    void report_text(std::size_t index, const nlohmann::json& choice) const;
    nlohmann::json build();

    const TaskApi* api_;
    std::optional<std::size_t> expected_;
    TextReport on_text_;
    nlohmann::json members_ = nlohmann::json::object();  // of the answer, but for its choices
    std::map<std::size_t, ChoiceBuilder> choices_;
    std::size_t pieces_ = 0;
    bool done_ = false;
    std::optional<Signal> fault_;
};

}  // namespace inference
