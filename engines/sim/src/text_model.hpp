/// @file text_model.hpp
/// @brief A language model whose every answer can be predicted: it says the prompt backwards.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine_sim {

/// A token is a word: a run of characters that are not white space.
using Words = std::vector<std::string>;

Words split_words(std::string_view text);

struct Sampling {
    std::size_t max_tokens = 16;
    std::size_t min_tokens = 0;  ///< The words are said again until there are this many.
    bool ignore_eos =
        false;  ///< Goes on until `max_tokens`, as vLLM does: for load of a known size.
};

struct Continuation {
    std::string text;
    std::size_t tokens = 0;
    bool cut = false;  ///< More would have come: `finish_reason` is "length" and not "stop".
    std::optional<std::string> finish_reason;  ///< Said instead; empty for none at all.
};

/// The prompt's words, last one first.
/// @code
///   continue_prompt({"the", "cat", "sat"}, {.max_tokens = 2})   // "sat cat", 2 tokens, cut
/// @endcode
Continuation continue_prompt(const Words& prompt, const Sampling& sampling);

/// Counts of the words by hash, as a unit vector: equal texts are equal, texts that share words are near.
/// The zero vector for no words. The same on every machine.
std::vector<float> embed(const Words& words, std::size_t dimensions);

/// How much two texts have in common, from 0 to 1: 1 for the same words. Never 0 for words in common.
double score(const Words& one, const Words& other);

/// A probability for each class.
std::vector<double> classify(const Words& words, std::size_t classes);

}  // namespace engine_sim
