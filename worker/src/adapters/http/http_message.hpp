/// @file adapters/http/http_message.hpp
/// @brief An HTTP request, its answer, and the ways to get none.
#pragma once

#include "adapters/adapter.hpp"
#include "adapters/endpoint_options.hpp"
#include "adapters/http/transport_fault.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace inference {

enum class HttpMethod { kGet, kPost };

/// What became of a piece of an answer that is taken as it comes.
enum class Taken {
    kPatiently,  ///< The next one may be long in coming.
    kUrgently,  ///< The next one has to come within the request's idle timeout.
    kRefused,  ///< No more is wanted: the transfer ends as kRefused.
};

/// Takes pieces of a body, in order, on the I/O thread. Must neither block nor throw. What it keeps is bounded by the
/// request's cap on the answer.
using HttpSink = std::function<Taken(std::string_view)>;

struct HttpRequest {
    HttpMethod method = HttpMethod::kPost;
    std::string url;
    std::vector<std::string> headers;  ///< Shape: "Name: value", without line breaks.
    std::string body;
    std::string connect_to = {
    };  ///< Shape: "host:port" to connect to instead of the URL's; empty: the URL's.
    TlsFiles tls = {};
    std::size_t max_answer_bytes = std::size_t{64} << 20;  ///< Also of one that a sink takes.
    /// Takes the body of a 200 of type text/event-stream; any other answer is collected as if there were no sink.
    HttpSink sink = {};
    std::chrono::milliseconds idle_timeout{0};  ///< See Taken::kUrgently; 0: none.
};

struct HttpHeader {
    std::string name;  ///< In lower case.
    std::string value;
};

struct HttpAnswer {
    int status = 0;
    std::vector<HttpHeader> headers;
    std::string body;
    bool streamed = false;  ///< The sink had the body.

    /// Empty where the header is absent. Range: `name` in lower case.
    std::string_view header(std::string_view name) const noexcept;
};

struct HttpFailure {
    TransportFault fault = TransportFault::kBroken;
    bool sent = false;  ///< Some of the request left this process, at any try.
    bool partial = false;  ///< Some of an answer came.
};

using HttpOutcome = std::variant<HttpAnswer, HttpFailure, Cancelled>;

/// How long a server asks us to wait: retry-after-ms, or Retry-After in seconds or as a date.
///
/// Range: (0, 60 s]; a longer wish counts as 60 s. nullopt: no wish, an unreadable one, or one that has passed.
std::optional<std::chrono::milliseconds> retry_after(
    const HttpAnswer& answer, std::chrono::system_clock::time_point now
);

}  // namespace inference
