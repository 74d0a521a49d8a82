#include "cli/dev_server.hpp"

#include "cli/command_error.hpp"
#include "cli/find_program.hpp"
#include "cli/free_port.hpp"
#include "temporal/client.hpp"
#include "temporal/error.hpp"
#include "temporal/runtime.hpp"

#include <poll.h>

#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

namespace inference::cli {
namespace {

constexpr std::uint16_t kTemporalPort = 7233;
constexpr std::uint16_t kUiOffset = 1000;

std::string temporal_program() {
    const auto found = find_temporal(process_environment());
    if (!found) {
        throw CommandError(
            ExitCode::kBadConfiguration,
            "there is no Temporal server to start: run tools/setup, which builds one, or install "
            "Temporal's command line and put it on the PATH or into TEMPORAL_CLI"
        );
    }
    return found->string();
}

std::uint16_t pick_port(
    const std::optional<std::uint16_t>& wanted, std::uint16_t preferred, std::string_view option
) {
    if (!wanted) {
        return free_port(preferred);
    }
    if (!is_free(*wanted)) {
        throw CommandError(
            ExitCode::kUsage,
            std::string(option) + " " + std::to_string(*wanted) +
                " is taken; without it a free one is used"
        );
    }
    return *wanted;
}

void append(std::vector<std::string>& to, std::vector<std::string> more) {
    to.insert(to.end(), more.begin(), more.end());
}

/// The dev server hands tasks over 20 times a second; with these settings at once, as a real one does.
std::vector<std::string> tuning() {
    std::vector<std::string> arguments;
    for (const std::string setting :
         {"history.transferProcessorMaxPollRPS=1000",
          "history.timerProcessorMaxPollRPS=1000",
          "system.enableActivityEagerExecution=true"}) {
        append(arguments, {"--dynamic-config-value", setting});
    }
    return arguments;
}

/// Lets a moment pass; true if the child ended in it.
bool ended_within(const ChildProcess& child, std::chrono::milliseconds moment) {
    pollfd waited{child.end_descriptor(), POLLIN, 0};
    return poll(&waited, 1, static_cast<int>(moment.count())) > 0;
}

bool serves(
    const temporal::ConnectOptions& options, const temporal::Runtime& runtime, std::stop_token stop
) {
    try {
        static_cast<void>(
            temporal::Client::connect(options, runtime, std::move(stop)).describe_namespace()
        );
        return true;
    } catch (const temporal::Error&) {
        return false;
    }
}

}  // namespace

DevServer::DevServer(const DevServerOptions& options, const StopSignals& signals) {
    ChildOptions child{.program = temporal_program()};
    const std::uint16_t port = pick_port(options.port, kTemporalPort, "--port");
    child.arguments = {"server", "start-dev", "--ip", "127.0.0.1", "--port", std::to_string(port)};
    append(child.arguments, {"--namespace", options.namespace_name, "--log-level", "error"});
    append(child.arguments, tuning());
    address_ = "127.0.0.1:" + std::to_string(port);
    if (options.headless) {
        append(child.arguments, {"--headless"});
    } else {
        const std::string ui = std::to_string(
            pick_port(options.ui_port, static_cast<std::uint16_t>(port + kUiOffset), "--ui-port")
        );
        append(child.arguments, {"--ui-port", ui});
        ui_ = "http://127.0.0.1:" + ui;
    }
    process_.emplace(child);
    wait_until_serving(options.namespace_name, signals);
}

void DevServer::wait_until_serving(const std::string& namespace_name, const StopSignals& signals) {
    constexpr std::chrono::seconds kPatience{60};
    constexpr std::chrono::milliseconds kBetweenLooks{100};
    const temporal::Runtime runtime({.worker_threads = 1});
    const temporal::ConnectOptions options{
        .address = address_,
        .namespace_name = namespace_name,
        .connect_timeout = std::chrono::seconds{2}
    };
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!serves(options, runtime, signals.token())) {
        if (const auto signal = signals.received()) {
            throw CommandError(stopped_by(*signal), "stopped while the Temporal server started");
        }
        if (ended_within(*process_, kBetweenLooks)) {
            throw CommandError(
                ExitCode::kCannotConnect, "the Temporal server ended while it started"
            );
        }
        if (std::chrono::steady_clock::now() > deadline) {
            throw CommandError(
                ExitCode::kCannotConnect, "the Temporal server does not serve on " + address_
            );
        }
    }
}

}  // namespace inference::cli
