#include "cli/worker_command.hpp"

#include "cli/command_line.hpp"
#include "cli/log.hpp"
#include "cli/service.hpp"
#include "cli/settings.hpp"
#include "cli/stop_signals.hpp"
#include "temporal/error.hpp"

#include <csignal>

namespace inference::cli {
namespace {

ExitCode worker(Invocation& invocation) {
    StopSignals signals;
    // A peer that closes a connection is no reason to end.
    std::signal(SIGPIPE, SIG_IGN);
    const Config config = require_settings(invocation.common);
    const Log log(form_for_stderr());
    if (config.models.empty()) {
        log.warn("the configuration has no models: every job will fail as MODEL_NOT_FOUND");
    }
    try {
        Service service(
            config, connect_options(invocation.common, config.temporal), log, signals.token()
        );
        service.run(signals.token());
    } catch (const temporal::RpcError&) {
        if (!signals.received()) {
            throw;
        }
        // Told to stop while it connected: there is nothing to drain.
    }
    return ExitCode::kDone;
}

}  // namespace

void add_worker(CommandLine& line) {
    line.add("worker", "Serves the queues until SIGTERM or SIGINT, then drains", worker);
}

}  // namespace inference::cli
