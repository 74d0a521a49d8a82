#include "cli/jobs.hpp"

#include "cli/command_error.hpp"
#include "cli/command_line.hpp"
#include "cli/connect.hpp"
#include "cli/job_reconcile.hpp"
#include "cli/job_truth.hpp"
#include "cli/settings.hpp"
#include "cli/status_text.hpp"
#include "cli/stop_signals.hpp"
#include "config/duration.hpp"
#include "jobs/job_store.hpp"
#include "jobs/open_job_store.hpp"
#include "temporal/error.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <utility>

namespace inference::cli {
namespace {

Timestamp now() {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// Does something with the configured store.
///
/// Errors: CommandError (78) where there is none; (5) where it does not work.
template <class Do>
ExitCode with_store(const Invocation& invocation, JobStoreUse use, Do what) {
    const std::string configured = load_settings(invocation.common).jobs.store;
    try {
        const auto store = open_job_store(configured, use);
        if (store == nullptr) {
            throw CommandError(
                ExitCode::kBadConfiguration,
                "jobs.store is none: there is no job store; 'inference-worker status' asks Temporal"
            );
        }
        return what(*store);
    } catch (const JobStoreError& error) {
        throw CommandError(ExitCode::kCannotConnect, error.what());
    }
}

ExitCode show(const std::string& job_id, Invocation& invocation) {
    return with_store(invocation, JobStoreUse::kLook, [&](JobStore& store) {
        const auto row = store.find(job_id);
        if (!row) {
            throw CommandError(
                ExitCode::kNotFound,
                "the job store " + store.name() + " has no job '" + job_id +
                    "'; 'inference-worker status' asks Temporal itself"
            );
        }
        if (invocation.json()) {
            invocation.print(row->status);
        } else {
            invocation.out << to_text(row->status);
        }
        return ExitCode::kDone;
    });
}

/// Errors: CommandError by the signal that stopped it.
RebuiltJobs rebuild_until_signal(
    const temporal::Client& client, JobStore& store, const StopSignals& signals
) {
    JobTruth truth(client, AskWorkers::kForAllThatRun, signals.token());
    const auto require_none = [&signals] {
        if (const auto signal = signals.received()) {
            throw CommandError(
                stopped_by(*signal),
                "stopped; the job store has some of the jobs, repeat it for all"
            );
        }
    };
    try {
        const RebuiltJobs rebuilt = rebuild_jobs(truth, store, now());
        require_none();
        return rebuilt;
    } catch (const temporal::Error&) {
        require_none();
        throw;
    }
}

ExitCode rebuild(Invocation& invocation) {
    const StopSignals signals;
    const temporal::Client client = connect(invocation, signals);
    return with_store(invocation, JobStoreUse::kServe, [&](JobStore& store) {
        const RebuiltJobs rebuilt = rebuild_until_signal(client, store, signals);
        if (invocation.json()) {
            invocation.print(
                {{"store", store.name()}, {"ended", rebuilt.ended}, {"open", rebuilt.open}}
            );
        } else {
            invocation.out << "the job store " << store.name()
                           << " has what Temporal holds: " << rebuilt.ended << " jobs that ended, "
                           << rebuilt.open << " open\n";
        }
        return ExitCode::kDone;
    });
}

ExitCode prune(const std::string& older_than, Invocation& invocation) {
    const auto age = parse_duration(older_than);
    if (!age) {
        throw CommandError(
            ExitCode::kUsage, "--older-than takes a time such as 7d, 12h or 30m, at most a year"
        );
    }
    return with_store(invocation, JobStoreUse::kLook, [&](JobStore& store) {
        const auto pruned = store.purge(now() - *age);
        if (invocation.json()) {
            invocation.print({{"store", store.name()}, {"pruned", pruned}});
        } else {
            invocation.out << "removed " << pruned << " jobs that ended more than " << older_than
                           << " ago from " << store.name() << '\n';
        }
        return ExitCode::kDone;
    });
}

}  // namespace

void add_jobs(CommandLine& line) {
    const auto chosen = std::make_shared<CommandLine::Run>();
    CLI::App& jobs =
        line.add("jobs", "Looks after the job store", [chosen](Invocation& invocation) {
            return (*chosen)(invocation);
        });
    jobs.require_subcommand(1);
    const auto add = [&](const std::string& name, const std::string& what, CommandLine::Run run) {
        CLI::App& command = *jobs.add_subcommand(name, what);
        command.fallthrough();
        command.callback([chosen, run = std::move(run)] { *chosen = run; });
        return &command;
    };

    const auto job_id = std::make_shared<std::string>();
    add("show",
        "Says where a job stands by the job store",
        [job_id](Invocation& invocation) { return show(*job_id, invocation); })
        ->add_option("JOB", *job_id, "The job's id")
        ->required();

    add("rebuild", "Brings all jobs that Temporal holds into the job store", rebuild);

    const auto older_than = std::make_shared<std::string>();
    add("prune",
        "Removes jobs that ended long ago from the job store",
        [older_than](Invocation& invocation) { return prune(*older_than, invocation); })
        ->add_option("--older-than", *older_than, "Since when they have ended, such as 7d")
        ->type_name("TIME")
        ->required();
}

}  // namespace inference::cli
