/// @file cli/dev_server.hpp
/// @brief A Temporal development server as a child.
#pragma once

#include "cli/child_process.hpp"
#include "cli/stop_signals.hpp"
#include "temporal/connect_options.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace inference::cli {

struct DevServerOptions {
    std::optional<std::uint16_t>
        port;  ///< Absent: Temporal's own port if it is free, else another.
    std::optional<std::uint16_t>
        ui_port;  ///< Absent: 1000 above `port` if that is free, else another.
    bool headless = false;  ///< No web page.
    std::string namespace_name = "default";
};

/// Keeps everything in memory; it is gone with the server.
class DevServer {
public:
    /// Starts it and returns once it serves.
    ///
    /// Errors: CommandError: 78 where no Temporal is installed, 2 where a port is taken that was asked for, 5 if it does not
    ///         come up, 130 or 143 after a signal.
    DevServer(const DevServerOptions& options, const StopSignals& signals);

    [[nodiscard]] const std::string& address() const noexcept { return address_; }
    /// Of the web page; empty without one.
    [[nodiscard]] const std::string& ui() const noexcept { return ui_; }
    [[nodiscard]] const ChildProcess& process() const noexcept { return *process_; }

private:
    void wait_until_serving(const std::string& namespace_name, const StopSignals& signals);

    std::string address_;
    std::string ui_;
    std::optional<ChildProcess> process_;
};

}  // namespace inference::cli
