/// @file adapters/openai/reply_stream.hpp
/// @brief From the bytes of a streamed answer to the answer: where parser, assembler and progress meet.
#pragma once

#include "adapters/http/http_message.hpp"
#include "adapters/http/sse_parser.hpp"
#include "adapters/openai/progress_meter.hpp"
#include "adapters/openai/stream_answer.hpp"

#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace inference {

/// Threads: one at a time. Time is an argument.
class ReplyStream {
public:
    using Time = ProgressMeter::Time;

    ReplyStream(std::size_t max_event_bytes, StreamAnswer answer, ProgressMeter progress)
        : parser_(max_event_bytes), answer_(std::move(answer)), progress_(std::move(progress)) {}

    /// Urgent from the first event on; refused once no answer can come of it.
    Taken take(std::string_view bytes, Time now);

    /// Whatever happens to the connection now, the answer is whole.
    bool is_done() const noexcept { return answer_.is_done(); }

    /// Some of the answer came.
    bool has_output() const noexcept { return answer_.pieces() > 0; }

    std::optional<std::chrono::milliseconds> time_to_first_token() const noexcept {
        return progress_.time_to_first_token();
    }

    /// As StreamAnswer::finish().
    std::variant<nlohmann::json, Signal> finish();

private:
    bool take_events(std::string_view bytes);

    SseParser parser_;
    StreamAnswer answer_;
    ProgressMeter progress_;
    std::vector<SseEvent> events_;
    bool begun_ = false;
    bool event_too_large_ = false;
};

}  // namespace inference
