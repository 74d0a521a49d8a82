#include "cli/list_table.hpp"

#include "cli/status_text.hpp"

#include <chrono>
#include <string>

namespace inference::cli {
namespace {

std::string or_dash(const std::string& text) {
    return text.empty() ? "-" : text;
}

/// Nobody reads milliseconds in a list.
std::string time_text(Timestamp time) {
    constexpr std::size_t kSecondsEnd = sizeof("2026-11-24T10:31:00") - 1;
    return to_iso8601(time).substr(0, kSecondsEnd) + "Z";
}

}  // namespace

Table to_table(const std::vector<ListedJob>& jobs) {
    Table table({"JOB", "STATE", "DONE", "MODEL", "PRIORITY", "STARTED", "ERROR"});
    for (const auto& [status, started] : jobs) {
        table.add(
            {status.job_id,
             std::string(to_string(status.state)),
             done_text(status),
             or_dash(status.model),
             std::string(to_string(status.priority)),
             time_text(started),
             status.error ? std::string(to_string(status.error->code)) : "-"}
        );
    }
    return table;
}

}  // namespace inference::cli
