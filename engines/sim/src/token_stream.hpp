/// @file token_stream.hpp
/// @brief The events of a streamed answer, and when each of them is due.
#pragma once

#include "text_call.hpp"

#include <compare>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace engine_sim {

/// What vLLM sends: for a chat an event with the role of each choice, then an event for each token, in the order
/// in which the sequences have them, and at the end the usage, if it was asked for.
///
/// The first token of a sequence is due after latency and prefill, the others a decode step apart. The last one
/// says why the answer ends if it was cut; the end of a whole answer is a step of its own, without text.
/// Threads: none; the owner serialises.
class TokenStream {
public:
    /// `id` and `created` as for `answer_of`.
    TokenStream(const TextCall& call, const Speed& speed, const std::string& id, long created);

    /// The sequence has its slot.
    void start(std::size_t sequence, TimePoint at);

    /// The data of the events that are due up to and including `now`, in order, each of them once.
    std::vector<std::string> take_due(TimePoint now);

    /// All that is left, and the usage.
    std::vector<std::string> take_rest();

    /// When `take_due` has something next.
    std::optional<TimePoint> next() const;

    /// How many tokens have been taken, of all sequences.
    std::size_t tokens_taken() const { return tokens_taken_; }

private:
    struct Sequence {
        std::vector<std::string> tokens;  ///< With the space before them.
        std::string finish_reason;  ///< As JSON.
        bool cut;
        Duration to_first;
        std::size_t taken = 0;

        std::size_t steps() const;
    };

    struct Step {
        TimePoint due;
        std::size_t sequence;

        friend auto operator<=>(const Step&, const Step&) = default;
    };

    void take_step(const Step& step, std::vector<std::string>& events);
    std::string event(const std::string& choices, const std::string& rest = "") const;
    std::string role_event(std::size_t sequence) const;
    std::string token_event(std::size_t sequence, const std::string& text, bool is_last) const;

    bool is_chat_;
    bool has_begun_ = false;
    Duration step_;
    std::string head_;
    std::string usage_;
    std::vector<Sequence> sequences_;
    std::set<Step> steps_;  // the next of each running sequence
    std::size_t tokens_taken_ = 0;
};

}  // namespace engine_sim
