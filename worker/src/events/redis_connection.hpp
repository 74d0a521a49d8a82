/// @file events/redis_connection.hpp
/// @brief A connection to Redis that logs in, and that never waits for long.
#pragma once

#include "events/channel_address.hpp"

#include <tl/expected.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

struct redisContext;
struct redisReply;

namespace inference {

/// Threads: one at a time.
class RedisConnection {
public:
    using Reply = std::unique_ptr<redisReply, void (*)(void*)>;
    using Command = std::vector<std::string>;

    /// Connects, logs in and selects the database.
    ///
    /// Errors: what went wrong, naming the server; never the password.
    static tl::expected<RedisConnection, std::string> open(
        const RedisAddress& address, std::chrono::milliseconds patience
    );

    /// Sent together; the answers come in the same order.
    ///
    /// Errors: as open(). An error that the server answers with counts as well; the connection is good for more only after such.
    tl::expected<std::vector<Reply>, std::string> ask(const std::vector<Command>& commands);

    /// How long an answer may take. Errors: as open().
    tl::expected<void, std::string> set_patience(std::chrono::milliseconds patience);

    /// False after a failure of the connection itself.
    [[nodiscard]] bool is_good() const noexcept;
    /// To end a wait from another thread.
    [[nodiscard]] int descriptor() const noexcept;

private:
    RedisConnection(redisContext* context, std::string place);

    [[nodiscard]] std::string trouble() const;

    std::unique_ptr<redisContext, void (*)(redisContext*)> context_;
    std::string place_;
};

}  // namespace inference
