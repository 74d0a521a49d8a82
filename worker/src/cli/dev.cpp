#include "cli/dev.hpp"

#include "cli/child_watch.hpp"
#include "cli/command_error.hpp"
#include "cli/command_line.hpp"
#include "cli/dev_engine.hpp"
#include "cli/dev_server.hpp"
#include "cli/dev_text.hpp"
#include "cli/log.hpp"
#include "cli/service.hpp"
#include "cli/settings.hpp"
#include "cli/stop_signals.hpp"
#include "config/config.hpp"

#include <atomic>
#include <csignal>
#include <memory>
#include <optional>
#include <ostream>
#include <utility>

namespace inference::cli {
namespace {

/// Of the configuration file only what --config names: a file that happens to lie here is for the other commands.
Config dev_config(const CommonOptions& common, const std::optional<DevEngine>& engine) {
    Config config = common.config ? load_settings(common) : default_config("");
    if (engine) {
        config.models = engine->models();
    }
    if (!common.config) {
        config.jobs.store = "none";  // Nothing of it stays.
    }
    return config;
}

DevFacts facts_of(
    const DevServer& server,
    const std::optional<DevEngine>& engine,
    const Config& config,
    const std::string& namespace_name
) {
    DevFacts facts{
        .address = server.address(), .namespace_name = namespace_name, .ui = server.ui()
    };
    if (engine) {
        facts.engine_http = engine->http_address();
        facts.engine_grpc = engine->grpc_address();
    }
    for (const Model& model : config.models) {
        facts.models.push_back(model.name);
    }
    return facts;
}

void announce(const DevFacts& facts, const Invocation& invocation) {
    if (invocation.json()) {
        invocation.print(to_json_object(facts));
    } else {
        invocation.out << to_text(facts);
    }
    invocation.out.flush();
}

ExitCode dev(DevServerOptions options, const Invocation& invocation) {
    StopSignals signals;
    std::signal(SIGPIPE, SIG_IGN);
    const CommonOptions& common = invocation.common;
    options.namespace_name = common.namespace_name.value_or(kDefaultTemporalNamespace);

    std::optional<DevEngine> engine;
    if (!common.config) {
        engine.emplace();
    }
    const Config config = dev_config(common, engine);
    const DevServer server(options, signals);
    const Log log(form_for_stderr());
    Service service(
        config,
        {.address = server.address(), .namespace_name = options.namespace_name},
        log,
        signals.token()
    );

    std::atomic<bool> child_lost = false;
    ChildWatch::Children children{{"the Temporal server", server.process().end_descriptor()}};
    if (engine) {
        children.emplace_back("engine-sim", engine->process().end_descriptor());
    }
    const ChildWatch watch(std::move(children), [&](const std::string& name) {
        log.error(name + " ended, so all else ends too");
        child_lost = true;
        signals.request_stop();
    });
    announce(facts_of(server, engine, config, options.namespace_name), invocation);
    service.run(signals.token());
    return child_lost ? ExitCode::kJobFailed : ExitCode::kDone;
}

}  // namespace

void add_dev(CommandLine& line) {
    const auto options = std::make_shared<DevServerOptions>();
    CLI::App& command = line.add(
        "dev",
        "Starts a Temporal server, a simulated engine and a worker, all on this machine",
        [options](Invocation& invocation) { return dev(*options, invocation); }
    );
    command.add_option(
        "--port", options->port, "Of the Temporal server; 7233 or a free one without it"
    );
    command.add_option(
        "--ui-port", options->ui_port, "Of its web page; 1000 above the port without it"
    );
    command.add_flag("--headless", options->headless, "No web page");
}

}  // namespace inference::cli
