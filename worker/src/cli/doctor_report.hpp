/// @file cli/doctor_report.hpp
/// @brief What `doctor` found, check by check.
#pragma once

#include "cli/exit_code.hpp"

#include <nlohmann/json_fwd.hpp>

#include <iosfwd>
#include <string>
#include <vector>

namespace inference::cli {

enum class Verdict {
    kOk,
    kWarn,  ///< Works, but probably not as wanted.
    kFail,
};

/// What a check is about, which decides the exit code.
enum class Concern { kConfiguration, kTemporal, kEngines, kJobStore };

struct Check {
    std::string name;  ///< "dns", "tcp", ...
    Concern concern = Concern::kTemporal;
    Verdict verdict = Verdict::kOk;
    std::string found;
    std::string next_step;  ///< Empty where all is well.
};

struct DoctorReport {
    std::vector<Check> checks;

    /// 0 if nothing failed; else 78 for the configuration, 5 for Temporal, 1 for engines and the job store, the first of these that
    /// failed.
    [[nodiscard]] ExitCode exit_code() const noexcept;
};

/// "ok    tcp   connected to 127.0.0.1:7233", and the next step in a line of its own.
std::ostream& operator<<(std::ostream& out, const DoctorReport& report);
/// {"ok","checks":[{"check","status","message","next_step"?}]}.
void to_json(nlohmann::json& json, const DoctorReport& report);

}  // namespace inference::cli
