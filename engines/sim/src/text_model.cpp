#include "text_model.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

namespace engine_sim {

namespace {

constexpr std::string_view kWhiteSpace = " \t\r\n\f\v";

// FNV-1a: std::hash may differ between standard libraries.
std::uint64_t stable_hash(std::string_view word) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char character : word) {
        hash ^= static_cast<unsigned char>(character);
        hash *= 0x100000001b3;
    }
    return hash;
}

}  // namespace

Words split_words(std::string_view text) {
    Words words;
    std::size_t end = 0;
    for (;;) {
        const std::size_t begin = text.find_first_not_of(kWhiteSpace, end);
        if (begin == std::string_view::npos) {
            return words;
        }
        end = std::min(text.find_first_of(kWhiteSpace, begin), text.size());
        words.emplace_back(text.substr(begin, end - begin));
    }
}

Continuation continue_prompt(const Words& prompt, const Sampling& sampling) {
    if (prompt.empty()) {
        return {};
    }
    const std::size_t wanted =
        sampling.ignore_eos ? sampling.max_tokens : std::max(prompt.size(), sampling.min_tokens);
    Continuation answer;
    answer.tokens = std::min(wanted, sampling.max_tokens);
    // What ignores the end of the sequence never reaches one.
    answer.cut = sampling.ignore_eos || wanted > sampling.max_tokens;
    for (std::size_t i = 0; i < answer.tokens; ++i) {
        answer.text += i == 0 ? "" : " ";
        answer.text += prompt[prompt.size() - 1 - i % prompt.size()];
    }
    return answer;
}

std::vector<float> embed(const Words& words, std::size_t dimensions) {
    std::vector<float> vector(dimensions, 0.0F);
    for (const std::string& word : words) {
        vector[stable_hash(word) % dimensions] += 1.0F;
    }
    float squares = 0.0F;
    for (const float value : vector) {
        squares += value * value;
    }
    if (squares > 0.0F) {
        std::ranges::for_each(vector, [length = std::sqrt(squares)](float& value) {
            value /= length;
        });
    }
    return vector;
}

double score(const Words& one, const Words& other) {
    // Enough that different words rarely fall into the same place.
    constexpr std::size_t kDimensions = 1024;
    const std::vector<float> a = embed(one, kDimensions);
    const std::vector<float> b = embed(other, kDimensions);
    return std::min(std::inner_product(a.begin(), a.end(), b.begin(), 0.0), 1.0);
}

std::vector<double> classify(const Words& words, std::size_t classes) {
    std::vector<double> probabilities;
    // The squares of a unit vector add up to one.
    for (const float value : embed(words, classes)) {
        probabilities.push_back(static_cast<double>(value) * static_cast<double>(value));
    }
    return probabilities;
}

}  // namespace engine_sim
