/// @file http_exchange.hpp
/// @brief One HTTP request and the way to answer it.
#pragma once

#include "drip.hpp"

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace engine_sim {

using HttpRequest = boost::beast::http::request<boost::beast::http::string_body>;

/// How an answer in parts ends.
enum class HttpEnd {
    kWhole,  ///< In good order; the connection can be used again.
    kClosed,  ///< The connection is closed after the last part, without the mark of the end.
    kReset,
};

/// An answer and the damage that it takes on its way; see FaultAction.
struct HttpAnswer {
    int status = 200;
    std::string content_type = "application/json";
    std::string body = {};
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::optional<std::size_t> reset_after = std::nullopt;
    std::optional<std::size_t> stall_after = std::nullopt;
    std::optional<Drip> drip = std::nullopt;
    bool close = false;  ///< Nothing comes, and the connection is closed.
    bool truncate = false;
    bool chunked = false;  ///< Sent as one part, without a length before it.
};

/// Threads: the I/O thread only.
struct HttpExchange {
    HttpRequest request;

    /// Sends the answer; only the first counts, and none after the client has hung up.
    std::function<void(HttpAnswer)> respond;

    /// Begins an answer in parts (chunks, as HTTP/1.1 calls them), whose body comes with `send` and ends with
    /// `end`. Instead of `respond`.
    std::function<void(HttpAnswer)> open;

    /// One part. What is sent while an earlier part is on its way leaves in one write.
    std::function<void(std::string)> send;

    /// Announces a part and sends the first half of it; nothing but an end can follow.
    std::function<void(std::string)> send_half;

    std::function<void(HttpEnd)> end;

    /// Drops the connection without a word.
    std::function<void()> reset;

    /// Set by the handler: the client has hung up and waits for no answer.
    std::function<void()> on_closed;

    std::string_view header(std::string_view name) const {
        const auto value = request[boost::beast::string_view(name.data(), name.size())];
        return {value.data(), value.size()};
    }

    /// The path without the query.
    std::string_view path() const {
        const std::string_view target(request.target().data(), request.target().size());
        return target.substr(0, target.find('?'));
    }
};

using HttpHandler = std::function<void(const std::shared_ptr<HttpExchange>&)>;

}  // namespace engine_sim
