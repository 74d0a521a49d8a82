/// @file adapters/openai/choice_builder.hpp
/// @brief Puts one choice of an answer together from the pieces of a stream.
#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <map>
#include <string>

namespace inference {

/// Text is appended, log-probabilities and token ids are lists that grow, tool calls are told apart by their index; of
/// all else the last that is not null counts. The result has the form of a choice that was not streamed.
class ChoiceBuilder {
public:
    enum class Piece {
        kNothing,  ///< As the one that only names the role.
        kOutput,  ///< Text, some of a tool call, or the end.
        kGarbled,
    };

    /// `choice` is moved from.
    Piece take(nlohmann::json& choice);

    /// Ends the builder's life. `is_chat` decides between `message` and `text`.
    nlohmann::json build(std::size_t index, bool is_chat);

private:
    Piece take_delta(nlohmann::json& delta);
    Piece take_tool_calls(nlohmann::json& calls);
    void add_message(nlohmann::json& choice);

    nlohmann::json choice_ = nlohmann::json::object();
    nlohmann::json message_ = nlohmann::json::object();
    std::map<std::size_t, nlohmann::json> tool_calls_;
};

}  // namespace inference
