#include "cli/doctor_report.hpp"

#include "cli/table.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <ostream>
#include <string_view>

namespace inference::cli {
namespace {

std::string_view to_string(Verdict verdict) noexcept {
    switch (verdict) {
        case Verdict::kOk: return "ok";
        case Verdict::kWarn: return "warn";
        case Verdict::kFail: break;
    }
    return "fail";
}

std::string padded(std::string_view text, std::size_t width) {
    return std::string(text) + std::string(width - std::min(width, text.size()), ' ');
}

}  // namespace

ExitCode DoctorReport::exit_code() const noexcept {
    const auto failed = [this](Concern concern) {
        return std::ranges::any_of(checks, [concern](const Check& check) {
            return check.concern == concern && check.verdict == Verdict::kFail;
        });
    };
    if (failed(Concern::kConfiguration)) {
        return ExitCode::kBadConfiguration;
    }
    if (failed(Concern::kTemporal)) {
        return ExitCode::kCannotConnect;
    }
    return failed(Concern::kEngines) || failed(Concern::kJobStore) ? ExitCode::kJobFailed
                                                                   : ExitCode::kDone;
}

std::ostream& operator<<(std::ostream& out, const DoctorReport& report) {
    constexpr std::size_t kVerdictWidth = 6;
    constexpr std::size_t kNameWidth = 26;
    for (const Check& check : report.checks) {
        out << padded(to_string(check.verdict), kVerdictWidth)
            << padded(printable(check.name), kNameWidth) << ' ' << printable(check.found) << '\n';
        if (!check.next_step.empty()) {
            out << std::string(kVerdictWidth, ' ') << "next: " << printable(check.next_step)
                << '\n';
        }
    }
    return out;
}

void to_json(nlohmann::json& json, const DoctorReport& report) {
    json = {{"ok", report.exit_code() == ExitCode::kDone}, {"checks", nlohmann::json::array()}};
    for (const Check& check : report.checks) {
        nlohmann::json entry{
            {"check", check.name}, {"status", to_string(check.verdict)}, {"message", check.found}
        };
        if (!check.next_step.empty()) {
            entry["next_step"] = check.next_step;
        }
        json["checks"].push_back(std::move(entry));
    }
}

}  // namespace inference::cli
