#include "text_stream.hpp"

#include "text_fault.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <string_view>
#include <utility>

namespace engine_sim {

namespace {

constexpr std::string_view kDone = "[DONE]";
constexpr std::string_view kComment = ": keep-alive\n\n";

std::string event_of(std::string_view data) {
    return "data: " + std::string(data) + "\n\n";
}

std::int64_t unix_microseconds() {
    using namespace std::chrono;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

/// A count of 0 is a fault of the whole stream, not of its bytes.
std::optional<std::size_t> bytes_of(std::optional<std::size_t> limit) {
    return limit == 0 ? std::nullopt : limit;
}

}  // namespace

TextStream::TextStream(
    Engine& engine, Ticker& ticker, Call call, TokenStream tokens, std::size_t prompt_tokens
)
    : engine_(engine),
      ticker_(ticker),
      call_(std::move(call)),
      fault_(call_.fault.value_or(FaultAction{})),
      tokens_(std::move(tokens)),
      prompt_tokens_(prompt_tokens) {}

void TextStream::open() {
    if (std::exchange(is_open_, true)) {
        return;
    }
    HttpAnswer head;
    head.content_type =
        fault_.wrong_content_type ? "text/html" : "text/event-stream; charset=utf-8";
    head.headers = fault_.headers;
    head.reset_after = bytes_of(fault_.reset_after);
    head.stall_after = bytes_of(fault_.stall_after);
    head.drip = fault_.drip;
    call_.exchange->open(std::move(head));
    last_sent_ = Clock::now();
    if (call_.keep_alive.count() > 0 && !is_over_) {
        ticker_.wake(shared_from_this(), last_sent_ + call_.keep_alive);
    }
}

void TextStream::start(std::size_t sequence, TimePoint at) {
    tokens_.start(sequence, at);
    ticker_.wake(shared_from_this(), *tokens_.next());
}

void TextStream::finish() {
    if (is_over_) {
        return;
    }
    send(tokens_.take_rest());
    if (!is_over_ && breaks_here()) {
        break_off(std::string(kDone));
    }
    if (is_over_) {
        return;
    }
    open();
    send_text(done_mark());
    // A stalled call ends only when the client gives up.
    if (bytes_of(fault_.stall_after)) {
        is_over_ = true;
    } else {
        end(HttpEnd::kWhole);
    }
}

std::optional<TimePoint> TextStream::advance(TimePoint now) {
    if (!is_over_) {
        send(tokens_.take_due(now));
    }
    if (is_over_) {
        return std::nullopt;
    }
    auto next = tokens_.next();
    if (call_.keep_alive.count() > 0) {
        if (now >= last_sent_ + call_.keep_alive) {
            send_text(std::string(kComment));
        }
        next = std::min(next.value_or(TimePoint::max()), last_sent_ + call_.keep_alive);
    }
    return next;
}

/// In one write, however many there are.
void TextStream::send(const std::vector<std::string>& events) {
    std::string text;
    for (const std::string& data : events) {
        if (breaks_here()) {
            send_text(text);
            break_off(data);
            return;
        }
        ++events_sent_;
        const bool is_garbled =
            events_sent_ == fault_.garble_event || (fault_.garble && events_sent_ == 1);
        text += event_of(is_garbled ? garbled(data) : data);
    }
    if (!first_token_unix_us_ && tokens_.tokens_taken() > 0) {
        first_token_unix_us_ = unix_microseconds();
    }
    send_text(text);
}

void TextStream::send_text(const std::string& text) {
    if (!text.empty()) {
        open();
        last_sent_ = Clock::now();
        call_.exchange->send(text);
    }
}

bool TextStream::breaks_here() const {
    return fault_.breaks_stream_after() == events_sent_;
}

void TextStream::break_off(const std::string& next_event) {
    open();
    is_over_ = true;
    if (fault_.in_band_error) {
        send_text(event_of(fault_.in_band_error->data) + done_mark());
        end(HttpEnd::kWhole);
    } else if (fault_.die) {
        std::raise(SIGKILL);
    } else if (fault_.down_for) {
        engine_.crash(*fault_.down_for);
    } else if (fault_.truncate) {
        call_.exchange->send_half(event_of(next_event));
        end(HttpEnd::kClosed);
    } else if (fault_.close) {
        end(HttpEnd::kClosed);
    } else if (fault_.reset_after) {
        end(HttpEnd::kReset);
    }
    // What remains is a stall: the call ends when the client gives up.
}

void TextStream::end(HttpEnd how) {
    is_over_ = true;
    log_end();
    call_.exchange->end(how);
}

void TextStream::log_end() {
    nlohmann::ordered_json outcome = {
        {"status", 200},
        {"prompt_tokens", prompt_tokens_},
        {"tokens_sent", tokens_.tokens_taken()},
    };
    if (first_token_unix_us_) {
        outcome["first_token_unix_us"] = *first_token_unix_us_;
    }
    if (call_.fault) {
        outcome["fault"] = call_.fault->name;
    }
    engine_.finish(call_.id, outcome);
}

std::string TextStream::done_mark() const {
    return fault_.no_done ? "" : event_of(kDone);
}

}  // namespace engine_sim
