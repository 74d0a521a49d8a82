#include "cli/worker_command.hpp"

#include "cli/command_line.hpp"
#include "cli/log.hpp"
#include "cli/service.hpp"
#include "cli/settings.hpp"
#include "cli/stop_signals.hpp"
#include "config/changed_sections.hpp"
#include "temporal/error.hpp"

#include <absl/cleanup/cleanup.h>

#include <csignal>
#include <exception>
#include <mutex>
#include <string>

namespace inference::cli {
namespace {

/// Reads the configuration anew, for the service while there is one.
class Reload {
public:
    explicit Reload(const CommonOptions& common) : common_(common) {}

    void operator()() {
        const std::lock_guard lock(mutex_);
        if (service_ == nullptr) {
            return;
        }
        try {
            const Config config = require_settings(common_);
            service_->reload(config.worker);
            tell_what_is_left(config);
        } catch (const std::exception& error) {
            log_.error("not reloaded, all stays as it was: " + std::string(error.what()));
        }
    }

    /// @param config What the service began with.
    void serve(Service& service, const Config& config) {
        const std::lock_guard lock(mutex_);
        service_ = &service;
        running_ = config;
    }

    void forget() {
        const std::lock_guard lock(mutex_);
        service_ = nullptr;
    }

private:
    void tell_what_is_left(const Config& config) const {
        const auto changed = changed_sections(running_, config);
        if (!changed.empty()) {
            log_.warn("what else changed in the file takes a restart", {{"sections", changed}});
        }
    }

    const CommonOptions& common_;
    const Log log_{form_for_stderr()};
    std::mutex mutex_;
    Service* service_ = nullptr;
    Config running_;
};

ExitCode worker(Invocation& invocation) {
    Reload reload(invocation.common);
    StopSignals signals([&reload] { reload(); });
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
        reload.serve(service, config);
        const auto forget = absl::MakeCleanup([&reload] { reload.forget(); });
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
