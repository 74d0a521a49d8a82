/// @file events/redis_server.hpp
/// @brief A real Redis for tests, on a port of its own, that keeps nothing.
#pragma once

#include "events/channel_address.hpp"

#include <sys/types.h>

#include <string>

namespace inference {

/// Ends with the object, or with the test. Errors: throws std::runtime_error if there is no server: tools/setup installs it.
class RedisServer {
public:
    /// @param password Empty: none. @param port 0: any free one.
    explicit RedisServer(std::string password = {}, int port = 0);
    RedisServer(const RedisServer&) = delete;
    RedisServer& operator=(const RedisServer&) = delete;
    ~RedisServer();

    [[nodiscard]] RedisAddress address() const;
    /// It answers no more, and its connections stay open; resume() ends that.
    void freeze() const;
    void resume() const;

private:
    std::string password_;
    int port_;
    pid_t process_ = -1;
};

}  // namespace inference
