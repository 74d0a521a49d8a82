#include "cli/connect.hpp"

#include "cli/command_error.hpp"
#include "cli/settings.hpp"
#include "temporal/error.hpp"
#include "temporal/runtime.hpp"

namespace inference::cli {

temporal::Client connect(const Invocation& invocation, const StopSignals& signals) {
    const Config config = load_settings(invocation.common);
    const temporal::ConnectOptions options = connect_options(invocation.common, config.temporal);
    try {
        const temporal::Runtime runtime({.worker_threads = 1});
        return temporal::Client::connect(options, runtime, signals.token());
    } catch (const temporal::RpcError&) {
        if (const auto signal = signals.received()) {
            throw CommandError(
                stopped_by(*signal), "stopped while connecting to " + options.address
            );
        }
        throw;
    }
}

}  // namespace inference::cli
