/// @file adapters/http/http_engine.hpp
/// @brief HTTP for any number of calls at once on one I/O thread.
#pragma once

#include "adapters/http/http_message.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>

namespace inference {

using HttpCompletion = std::function<void(HttpOutcome)>;

struct HttpOptions {
    std::chrono::milliseconds connect_timeout{2'000};
    /// Below the 5 s after which vLLM closes an idle connection: a longer one would be reset when it is used again.
    std::chrono::seconds max_idle{3};
    long max_host_connections = 0;  ///< More calls to one host wait for a free one; 0: no limit.
};

/// HTTP/1.1 with kept connections, no redirects, a cap on the answer, TLS as the request says.
///
/// Threads: start() from any; completions and sinks run on the I/O thread and must neither block nor throw. A completion
///          may start the next request.
/// Cancel:  closes the connection, which is how an engine learns that nobody waits; then completes as Cancelled.
/// Errors:  a request that cannot be started completes with kNoResources. The constructor throws std::system_error or
///          std::bad_alloc where the process has no descriptor, thread or memory left.
/// Destroy: completes what is under way as Cancelled, then returns. Not inside a completion.
class HttpEngine {
public:
    explicit HttpEngine(const HttpOptions& options = {});
    HttpEngine(const HttpEngine&) = delete;
    HttpEngine& operator=(const HttpEngine&) = delete;
    ~HttpEngine();

    /// `done` fires exactly once. A request that is passed its deadline when it starts is not sent.
    void start(HttpRequest request, Deadline deadline, std::stop_token cancel, HttpCompletion done);

private:
    class Io;
    std::unique_ptr<Io> io_;
};

}  // namespace inference
