#include "cli/doctor_engines.hpp"

#include "cli/command_error.hpp"
#include "cli/engine_health.hpp"
#include "registry/model_registry.hpp"

#include <chrono>

namespace inference::cli {
namespace {

constexpr std::chrono::seconds kPatience{5};

Check to_check(const EndpointHealth& health) {
    Check check{
        .name = "engine " + health.model,
        .concern = Concern::kEngines,
        .verdict = Verdict::kOk,
        .found = health.endpoint + " is ready"
    };
    if (health.error) {
        check.verdict = Verdict::kFail;
        check.found = health.error->message;
        check.next_step = "start the engine behind " + health.endpoint +
                          ", or correct the model's endpoints; until then its jobs wait";
    }
    return check;
}

}  // namespace

void examine_engines(const Config& config, DoctorReport& report) {
    try {
        const auto engines = make_engines(ModelRegistry(config.models));
        for (const EndpointHealth& health : check_engines(*engines, kPatience)) {
            report.checks.push_back(to_check(health));
        }
    } catch (const CommandError& error) {
        report.checks.push_back(
            {.name = "engines",
             .concern = Concern::kConfiguration,
             .verdict = Verdict::kFail,
             .found = error.what()}
        );
    }
}

}  // namespace inference::cli
