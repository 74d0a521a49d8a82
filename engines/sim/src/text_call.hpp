/// @file text_call.hpp
/// @brief A request of the OpenAI API that the text model can answer, with its answers and how long they take.
#pragma once

#include "scheduler.hpp"
#include "text_model.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace engine_sim {

enum class TextEndpoint { kChat, kCompletion, kEmbedding, kScore, kRerank, kClassify, kPooling };

/// What /pooling gives for each text.
enum class PoolingTask { kEmbed, kTokenEmbed, kClassify };

struct TextModels {
    std::vector<std::string> names;
    std::size_t max_model_len = 4096;
    std::size_t embedding_dimensions = 8;
};

/// How long a sequence takes: `latency` + prompt tokens * `prefill_per_token` + new tokens * `decode_per_token`,
/// however many run beside it.
struct Speed {
    Duration latency{0};
    Duration prefill_per_token{0};
    Duration decode_per_token{0};
};

/// A request that the model can answer. `prompts` has at least one element.
struct TextCall {
    TextEndpoint endpoint = TextEndpoint::kCompletion;
    std::string model;
    std::vector<Words> prompts;
    std::vector<std::size_t>
        prompt_tokens;  ///< Of each prompt; a chat's count all of its messages.
    std::vector<Continuation>
        answers;  ///< `choices` for each prompt, in order. None for embeddings.
    std::size_t choices = 1;
    std::vector<Words> partners;  ///< What each prompt is compared with, to be scored or ranked.
    std::vector<std::string> documents;  ///< The prompts as they came, to be ranked.
    std::size_t top_n = 0;  ///< So many of the best; 0 for all.
    PoolingTask task = PoolingTask::kTokenEmbed;
    std::size_t dimensions = 0;
    bool base64 = false;
    bool stream = false;
    bool include_usage = false;  ///< The stream ends with a chunk of it.

    std::size_t total_prompt_tokens() const;
    std::size_t total_completion_tokens() const;
};

/// From the start of a sequence of so many prompt tokens to its first token.
Duration time_to_first_token(std::size_t prompt_tokens, const Speed& speed);

/// One for each sequence: prompts times choices.
std::vector<Duration> service_times(const TextCall& call, const Speed& speed);

}  // namespace engine_sim
