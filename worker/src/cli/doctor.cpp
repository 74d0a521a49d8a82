#include "cli/doctor.hpp"

#include "cli/command_error.hpp"
#include "cli/command_line.hpp"
#include "cli/doctor_engines.hpp"
#include "cli/doctor_job_store.hpp"
#include "cli/doctor_report.hpp"
#include "cli/doctor_temporal.hpp"
#include "cli/settings.hpp"
#include "cli/stop_signals.hpp"
#include "temporal/error.hpp"

#include <nlohmann/json.hpp>

#include <ostream>
#include <string>

namespace inference::cli {
namespace {

Check configuration(Verdict verdict, std::string found, std::string next_step = {}) {
    return {
        .name = "configuration",
        .concern = Concern::kConfiguration,
        .verdict = verdict,
        .found = std::move(found),
        .next_step = std::move(next_step)
    };
}

Check check_file(const CommonOptions& common, const Config& config) {
    const auto file = config_file(common);
    if (!file) {
        return configuration(
            Verdict::kWarn,
            std::string("no ./") + kDefaultConfigFile + ", so the defaults are checked",
            "name a configuration with --config FILE"
        );
    }
    if (config.models.empty()) {
        return configuration(
            Verdict::kWarn, file->string() + " has no models", "add the section 'models'"
        );
    }
    return configuration(
        Verdict::kOk, file->string() + ", " + std::to_string(config.models.size()) + " models"
    );
}

DoctorReport examine(const Invocation& invocation, const StopSignals& signals) {
    DoctorReport report;
    try {
        const Config config = load_settings(invocation.common);
        report.checks.push_back(check_file(invocation.common, config));
        const auto options = connect_options(invocation.common, config.temporal);
        examine_temporal(options, config.worker, signals.token(), report);
        examine_engines(config, report);
        report.checks.push_back(examine_job_store(config.jobs.store));
    } catch (const CommandError& error) {
        report.checks.push_back(configuration(
            Verdict::kFail, error.what(), "correct it; 'validate-config' says the same"
        ));
    } catch (const temporal::ConnectError& error) {
        report.checks.push_back(configuration(
            Verdict::kFail, error.what(), "correct the variable or the profile of temporal.toml"
        ));
    }
    return report;
}

ExitCode doctor(Invocation& invocation) {
    const StopSignals signals;
    const DoctorReport report = examine(invocation, signals);
    if (const auto signal = signals.received()) {
        return stopped_by(*signal);
    }
    if (invocation.json()) {
        invocation.print(report);
    } else {
        invocation.out << report;
    }
    return report.exit_code();
}

}  // namespace

void add_doctor(CommandLine& line) {
    line.add("doctor", "Checks the way to Temporal, to the engines and to the job store", doctor);
}

}  // namespace inference::cli
