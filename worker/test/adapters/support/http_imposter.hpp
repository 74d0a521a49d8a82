/// @file support/http_imposter.hpp
/// @brief A small real HTTP server that answers as a test tells it, down to the single byte.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace inference::testing {

struct SeenRequest {
    std::string method;
    std::string target;
    std::map<std::string, std::string> headers;  ///< Names in lower case.
    std::string body;
    int connection = 0;  ///< Counted from 1.
    int number_on_connection = 0;  ///< Counted from 1.
};

/// What the server does about one request.
struct Reaction {
    enum class Then {
        kKeepOpen,
        kClose,  ///< Ends the connection in good order.
        kReset,  ///< Ends it with a TCP reset.
        kHold,  ///< Says no more until release().
    };

    std::string bytes;  ///< Sent as they are.
    Then then = Then::kKeepOpen;
    bool drips = false;  ///< Each byte in a write of its own.
};

/// A whole answer, with Content-Length.
Reaction reply(
    int status,
    std::string body,
    std::string content_type = "application/json",
    std::string more_headers = {}
);
Reaction reply_json(std::string body);
Reaction hold();
Reaction reset(std::string bytes_before = {});
Reaction close(std::string bytes_before = {});

/// An answer that comes as it is made, in parts: a head, pieces of the body, an end.
std::string stream_head(std::string_view content_type = "text/event-stream; charset=utf-8");
std::string stream_piece(std::string_view body);
std::string stream_end();
/// The three at once.
Reaction reply_stream(std::string_view body);

/// One server-sent event.
std::string sse(std::string_view data);

/// Listens on 127.0.0.1 with one thread; each request is answered by what the handler returns for it.
///
/// Threads: the handler runs on the server's thread, all else from any.
class HttpImposter {
public:
    using Handler = std::function<Reaction(const SeenRequest&)>;

    explicit HttpImposter(Handler handler);
    HttpImposter(const HttpImposter&) = delete;
    HttpImposter& operator=(const HttpImposter&) = delete;
    ~HttpImposter();

    std::string url(const std::string& path = {}) const;
    int port() const;

    std::vector<SeenRequest> requests() const;
    int connections() const;

    /// Errors: each throws if it does not come to that.
    void wait_for_requests(std::size_t count) const;
    /// Counts connections that the client closed.
    void wait_for_closed_by_client(int count) const;
    std::chrono::steady_clock::time_point last_closed_by_client() const;
    /// Counts requests that were held at any time, after what was sent before.
    void wait_for_held(int count) const;

    /// Answers every request that is held, and goes on with its connection.
    void release(const std::string& bytes, Reaction::Then then = Reaction::Then::kKeepOpen);

private:
    class Server;
    std::shared_ptr<Server> server_;
};

}  // namespace inference::testing
