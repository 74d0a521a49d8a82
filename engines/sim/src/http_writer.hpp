/// @file http_writer.hpp
/// @brief The bytes of an answer that comes in parts, or damaged, on their way out.
#pragma once

#include "http_exchange.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace engine_sim {

/// Writes one thing at a time: what is sent meanwhile is gathered and leaves in the next write.
///
/// Threads: the I/O thread only.  Destroy: `owner`, which has the stream, is kept alive by what is under way.
class HttpWriter : public std::enable_shared_from_this<HttpWriter> {
public:
    /// Counted from the first byte of the head.
    struct Damage {
        std::optional<std::size_t> reset_after;
        std::optional<std::size_t> stall_after;
        std::optional<Drip> drip;
    };

    /// kBroken: the peer has gone.
    enum class Outcome { kWhole, kClosed, kReset, kBroken };

    /// `on_outcome` is called once, when all has left after `end` or nothing more can; never after a stall.
    HttpWriter(
        boost::beast::tcp_stream& stream,
        const Damage& damage,
        std::weak_ptr<void> owner,
        std::function<void(Outcome)> on_outcome
    );

    void send(const std::string& bytes);
    void end(HttpEnd end);

    /// The stream was closed; nothing is called any more.
    void stop();

private:
    void go_on();
    void write();
    void on_written();
    void conclude(Outcome outcome);
    std::size_t room() const;

    boost::beast::tcp_stream& stream_;
    boost::asio::steady_timer pause_;
    Damage damage_;
    std::weak_ptr<void> owner_;
    std::function<void(Outcome)> on_outcome_;
    std::string gathered_;
    std::string leaving_;
    std::size_t written_ = 0;
    bool is_busy_ = false;
    std::optional<HttpEnd> end_;
};

}  // namespace engine_sim
