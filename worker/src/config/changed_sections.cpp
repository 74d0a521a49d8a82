#include "config/changed_sections.hpp"

namespace inference {

std::vector<std::string> changed_sections(const Config& before, const Config& after) {
    // Bound by position, so that a new section does not compile before it is compared here.
    const auto& [temporal, worker, local_steps, models, files, jobs, events, admin, telemetry] =
        before;
    std::vector<std::string> changed;
    const auto compare = [&changed](const char* name, const auto& one, const auto& other) {
        if (one != other) {
            changed.emplace_back(name);
        }
    };
    compare("temporal", temporal, after.temporal);
    compare("stages", local_steps, after.local_steps);
    compare("models", models, after.models);
    compare("files", files, after.files);
    compare("jobs", jobs, after.jobs);
    compare("events", events, after.events);
    compare("telemetry", telemetry, after.telemetry);
    compare("admin", admin, after.admin);
    return changed;
}

}  // namespace inference
