/// @file http_exchange.hpp
/// @brief One HTTP request and the way to answer it.
#pragma once

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

/// An answer and the damage that it takes on its way; see FaultAction.
struct HttpAnswer {
    int status = 200;
    std::string content_type = "application/json";
    std::string body = {};
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::optional<std::size_t> reset_after = std::nullopt;
    std::optional<std::size_t> stall_after = std::nullopt;
    bool truncate = false;
};

/// Threads: the I/O thread only.
struct HttpExchange {
    HttpRequest request;

    /// Sends the answer; only the first counts, and none after the client has hung up.
    std::function<void(HttpAnswer)> respond;

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
