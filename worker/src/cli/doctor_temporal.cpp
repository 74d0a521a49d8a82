#include "cli/doctor_temporal.hpp"

#include "cli/fairness_probe.hpp"
#include "cli/live_pollers.hpp"
#include "cli/server_target.hpp"
#include "cli/tcp_probe.hpp"
#include "contracts/priority.hpp"
#include "temporal/client.hpp"
#include "temporal/error.hpp"
#include "temporal/runtime.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace inference::cli {
namespace {

constexpr std::chrono::seconds kPatience{5};

/// Adds checks until one fails.
class TemporalExamination {
public:
    TemporalExamination(
        const temporal::ConnectOptions& options, std::stop_token stop, DoctorReport& report
    )
        : options_(options), stop_(std::move(stop)), report_(report) {}

    void run(const WorkerConfig& worker) {
        const auto target = server_target(options_.address);
        if (!target) {
            return fail("dns", "'" + options_.address + "' is no address", "it takes HOST:PORT");
        }
        if (!check_network(*target)) {
            return;
        }
        if (const auto client = check_connection()) {
            if (check_namespace(*client)) {
                check_queues(*client, worker);
                check_fairness(*client);
            }
        }
    }

private:
    void ok(std::string name, std::string found) {
        report_.checks.push_back({.name = std::move(name), .found = std::move(found)});
    }
    void warn(std::string name, std::string found, std::string next_step) {
        add(Verdict::kWarn, std::move(name), std::move(found), std::move(next_step));
    }
    void fail(std::string name, std::string found, std::string next_step) {
        add(Verdict::kFail, std::move(name), std::move(found), std::move(next_step));
    }
    void add(Verdict verdict, std::string name, std::string found, std::string next_step) {
        report_.checks.push_back(
            {.name = std::move(name),
             .verdict = verdict,
             .found = std::move(found),
             .next_step = std::move(next_step)}
        );
    }

    bool check_network(const ServerTarget& target) {
        std::vector<std::string> addresses;
        try {
            addresses = resolve(target.host);
            ok("dns", target.host + " is " + addresses.front());
        } catch (const std::system_error& error) {
            fail(
                "dns",
                target.host + ": " + error.code().message(),
                "correct temporal.address, or the name server"
            );
            return false;
        }
        try {
            ok("tcp",
               "connected to " + probe(addresses, target.port, kPatience) + ", port " + target.port
            );
            return true;
        } catch (const std::system_error& error) {
            fail(
                "tcp",
                options_.address + ": " + error.code().message(),
                "start the server, or correct temporal.address; 'inference-worker dev' starts one "
                "to try"
            );
            return false;
        }
    }

    /// What fails here is named after the layer that it failed in.
    std::optional<temporal::Client> check_connection() {
        using Kind = temporal::ConnectError::Kind;
        try {
            const temporal::Runtime runtime({.worker_threads = 1});
            auto client = temporal::Client::connect(options_, runtime, stop_);
            ok("tls", uses_tls() ? "the certificates are in order" : "not asked for: plain text");
            ok("server",
               "Temporal " + client.check_health({.timeout = kPatience, .stop = stop_}).version);
            return client;
        } catch (const temporal::ConnectError& error) {
            const bool auth = error.kind() == Kind::kAuth;
            fail(error.kind() == Kind::kTls ? "tls" : auth ? "auth" : "server", error.what(), "");
        } catch (const temporal::RpcError& error) {
            fail("server", error.what(), "see the server's log");
        }
        return std::nullopt;
    }

    bool check_namespace(const temporal::Client& client) {
        const std::string& name = client.namespace_name();
        try {
            const auto found = client.describe_namespace({.timeout = kPatience, .stop = stop_});
            const bool usable = found.state == temporal::NamespaceState::kRegistered;
            if (usable) {
                ok("namespace", "'" + name + "' is there");
            } else {
                warn("namespace", "'" + name + "' is being taken down", "use another namespace");
            }
            return true;
        } catch (const temporal::RpcError& error) {
            const bool absent = error.code() == temporal::RpcCode::kNotFound;
            fail(
                "namespace",
                absent ? "there is no namespace '" + name + "'" : error.what(),
                absent ? "create it: temporal operator namespace create --namespace " + name
                       : "check that the credentials may use it"
            );
            return false;
        }
    }

    void check_queues(const temporal::Client& client, const WorkerConfig& worker) {
        for (const Priority priority : worker.serve) {
            const std::string queue(queue_of(priority));
            try {
                check_queue(client, queue);
            } catch (const temporal::RpcError& error) {
                fail("queue " + queue, error.what(), "");
                return;
            }
        }
    }

    void check_queue(const temporal::Client& client, const std::string& queue) {
        const auto described = client.describe_task_queue(
            queue, temporal::TaskQueueKind::kActivity, {.timeout = kPatience, .stop = stop_}
        );
        const std::string backlog = std::to_string(described.backlog) + " tasks wait";
        const auto workers = live_pollers(described, std::chrono::system_clock::now());
        if (workers == 0) {
            return warn(
                "queue " + queue,
                "no worker polls it, " + backlog,
                "start one: inference-worker worker --config FILE"
            );
        }
        ok("queue " + queue,
           std::to_string(workers) + (workers == 1 ? " worker polls it, " : " workers poll it, ") +
               backlog);
    }

    void check_fairness(const temporal::Client& client) {
        const std::string name = "fairness";
        try {
            switch (probe_fairness(client, stop_)) {
                case Fairness::kTurns:
                    return ok(name, "clients (client_id) take turns within a queue");
                case Fairness::kArrival:
                    return warn(
                        name,
                        "the server takes jobs in the order of their arrival, whoever they are of "
                        "(client_id)",
                        "to let clients take turns: matching.enableFairness=true in the server's "
                        "dynamic configuration, version 1.29 or later"
                    );
                case Fairness::kUnknown:
                    return warn(
                        name, "the server did not serve the probe in time", "see the server's load"
                    );
            }
        } catch (const temporal::RpcError& error) {
            warn(name, error.what(), "check that the credentials may start workflows");
        }
    }

    [[nodiscard]] bool uses_tls() const {
        const bool by_default =
            !options_.api_key.empty() || options_.address.starts_with("https://");
        return options_.tls ? !options_.tls->disabled : by_default;
    }

    const temporal::ConnectOptions& options_;
    std::stop_token stop_;
    DoctorReport& report_;
};

}  // namespace

void examine_temporal(
    const temporal::ConnectOptions& options,
    const WorkerConfig& worker,
    const std::stop_token& stop,
    DoctorReport& report
) {
    TemporalExamination(options, stop, report).run(worker);
}

}  // namespace inference::cli
