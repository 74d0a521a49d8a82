#include "bridge/connection.hpp"

#include "bridge/connect_error.hpp"
#include "bridge/core_abi.hpp"
#include "bridge/core_options.hpp"
#include "bridge/core_thread.hpp"
#include "bridge/one_shot.hpp"
#include "temporal/error.hpp"

#include <unistd.h>

#include <array>
#include <optional>
#include <utility>

namespace temporal::bridge {

struct Connection::Owned {
    ConnectionHandle handle;
};

namespace {

struct ConnectOutcome {
    ConnectionHandle handle;
    Buffer error;
};

using Shot = OneShot<ConnectOutcome>;

void on_connected(void* user, tcore_connection* connection, tcore_buf error) noexcept {
    const CoreThreadScope scope;
    const std::unique_ptr<std::shared_ptr<Shot>> shot{static_cast<std::shared_ptr<Shot>*>(user)};
    (*shot)->set({.handle = ConnectionHandle{connection}, .error = take(error)});
}

}  // namespace

std::shared_ptr<Connection> Connection::connect(
    const std::shared_ptr<Runtime>& runtime, const ConnectOptions& options, std::stop_token stop
) {
    const std::string json = connect_options_json(options);
    const auto shot = std::make_shared<Shot>();
    // The callback's share. If the wait below is given up, the connection that comes later is freed
    // with it.
    auto user = std::make_unique<std::shared_ptr<Shot>>(shot);
    tcore_connect(runtime->handle(), lend(json), &on_connected, user.release());

    std::optional<ConnectOutcome> outcome = shot->wait(std::move(stop));
    if (!outcome) {
        throw RpcError(RpcCode::kCancelled, "connecting to " + options.address + " was given up");
    }
    if (outcome->handle == nullptr) {
        throw connect_error(options, outcome->error.view());
    }
    auto owned = std::make_unique<Owned>();
    owned->handle = std::move(outcome->handle);
    return std::shared_ptr<Connection>(new Connection(runtime, std::move(owned)));
}

Connection::Connection(std::shared_ptr<Runtime> runtime, std::unique_ptr<Owned> owned)
    : runtime_(std::move(runtime)), owned_(std::move(owned)) {}

Connection::~Connection() = default;

tcore_connection* Connection::handle() const noexcept {
    return owned_->handle.get();
}

std::string default_identity() {
    std::array<char, 256> host{};
    if (gethostname(host.data(), host.size() - 1) != 0) {
        return std::to_string(getpid());
    }
    return std::to_string(getpid()) + "@" + host.data();
}

}  // namespace temporal::bridge
