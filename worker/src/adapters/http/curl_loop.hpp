/// @file adapters/http/curl_loop.hpp
/// @brief libcurl's multi interface on epoll: what waits costs nothing, whatever the number of transfers.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <optional>

namespace inference {

/// Drives the transfers added to it while somebody calls run_until().
///
/// Threads: one, except wake().
class CurlLoop {
public:
    using Clock = std::chrono::steady_clock;

    struct Finished {
        CURL* easy;
        CURLcode code;
    };

    /// Range: 0 connections per host is no limit.
    /// Errors: throws std::system_error or std::bad_alloc where the process has no descriptor or memory left.
    explicit CurlLoop(long max_host_connections);
    CurlLoop(const CurlLoop&) = delete;
    CurlLoop& operator=(const CurlLoop&) = delete;
    ~CurlLoop();

    /// False where libcurl refused it, for want of memory.
    bool add(CURL* easy);

    /// Closes the connection of a transfer that has not finished.
    void remove(CURL* easy);

    /// Moves transfers on; returns when sockets or timers had something to do, after wake(), or at `limit`.
    void run_until(Clock::time_point limit);

    std::optional<Finished> next_finished();

    /// Threads: any.
    void wake() noexcept;

private:
    static int on_socket(CURL* easy, curl_socket_t socket, int wanted, void* self, void* known);
    static int on_timer(CURLM* multi, long timeout_ms, void* self);

    int wait_ms(Clock::time_point limit) const;
    void act(curl_socket_t socket, int events);
    void drain_wakes() noexcept;

    int epoll_ = -1;
    int wake_ = -1;
    CURLM* multi_ = nullptr;
    std::optional<Clock::time_point> timer_;  // when libcurl wants to be called next
};

}  // namespace inference
