/// @file bridge/connection.hpp
/// @brief Core's connection to a server behind the C ABI.
#pragma once

#include "bridge/runtime.hpp"
#include "temporal/connect_options.hpp"

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

struct tcore_connection;

namespace temporal::bridge {

/// A connection that reconnects by itself; keeps its runtime alive.
///
/// Threads: use from any thread; share it, for eager starts work only between clients and workers
///          of one connection.
class Connection final {
public:
    /// Connects and asks the server who it is.
    ///
    /// Errors: ConnectError naming the address, the cause and the next step; RpcError(kCancelled)
    ///         once `stop` fires.
    [[nodiscard]] static std::shared_ptr<Connection> connect(
        const std::shared_ptr<Runtime>& runtime, const ConnectOptions& options, std::stop_token stop
    );

    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] tcore_connection* handle() const noexcept;
    [[nodiscard]] const std::shared_ptr<Runtime>& runtime() const noexcept { return runtime_; }

private:
    struct Owned;
    Connection(std::shared_ptr<Runtime> runtime, std::unique_ptr<Owned> owned);

    std::shared_ptr<Runtime> runtime_;
    std::unique_ptr<Owned> owned_;
};

/// Who this process is where nobody said: PID@HOST.
[[nodiscard]] std::string default_identity();

}  // namespace temporal::bridge
