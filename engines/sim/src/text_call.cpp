#include "text_call.hpp"

#include <numeric>

namespace engine_sim {

std::size_t TextCall::total_prompt_tokens() const {
    return std::accumulate(prompt_tokens.begin(), prompt_tokens.end(), std::size_t{0});
}

std::size_t TextCall::total_completion_tokens() const {
    return std::accumulate(
        answers.begin(),
        answers.end(),
        std::size_t{0},
        [](std::size_t sum, const auto& answer) { return sum + answer.tokens; }
    );
}

Duration time_to_first_token(std::size_t prompt_tokens, const Speed& speed) {
    return speed.latency + prompt_tokens * speed.prefill_per_token;
}

std::vector<Duration> service_times(const TextCall& call, const Speed& speed) {
    const std::size_t choices = call.answers.empty() ? 1 : call.choices;
    std::vector<Duration> times;
    for (std::size_t i = 0; i < call.prompts.size() * choices; ++i) {
        const std::size_t decoded = call.answers.empty() ? 0 : call.answers[i].tokens;
        times.push_back(
            time_to_first_token(call.prompt_tokens[i / choices], speed) +
            decoded * speed.decode_per_token
        );
    }
    return times;
}

}  // namespace engine_sim
