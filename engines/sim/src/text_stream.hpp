/// @file text_stream.hpp
/// @brief A streamed answer on its way: server-sent events at the pace of the model, and what a fault does to them.
#pragma once

#include "engine.hpp"
#include "fault_script.hpp"
#include "http_exchange.hpp"
#include "ticker.hpp"
#include "token_stream.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace engine_sim {

/// Lives as long as the engine's call, which holds it.
///
/// Threads: the I/O thread only.
class TextStream final : public Paced, public std::enable_shared_from_this<TextStream> {
public:
    struct Call {
        CallId id;
        std::shared_ptr<HttpExchange> exchange;
        std::optional<FaultAction> fault;
        std::chrono::milliseconds keep_alive;  ///< 0: none.
    };

    TextStream(
        Engine& engine, Ticker& ticker, Call call, TokenStream tokens, std::size_t prompt_tokens
    );

    /// Sends the head, once.
    void open();

    /// A sequence has its slot.
    void start(std::size_t sequence, TimePoint at);

    /// The last sequence has been served: sends what is left and ends the call.
    void finish();

    std::optional<TimePoint> advance(TimePoint now) override;

private:
    void send(const std::vector<std::string>& events);
    void send_text(const std::string& text);
    bool breaks_here() const;
    void break_off(const std::string& next_event);
    void end(HttpEnd how);
    void log_end();
    std::string done_mark() const;

    Engine& engine_;
    Ticker& ticker_;
    Call call_;
    FaultAction fault_;  // the empty one if there is none
    TokenStream tokens_;
    std::size_t prompt_tokens_;
    std::size_t events_sent_ = 0;
    TimePoint last_sent_;
    std::optional<std::int64_t> first_token_unix_us_;
    bool is_open_ = false;
    bool is_over_ = false;
};

}  // namespace engine_sim
