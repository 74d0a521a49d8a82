#include "cli/status_text.hpp"

#include "cli/table.hpp"

#include <cmath>
#include <string_view>

namespace inference::cli {
namespace {

void add_line(std::string& text, std::string_view name, const std::string& value) {
    constexpr std::size_t kNameWidth = 10;
    text +=
        std::string(name) + std::string(kNameWidth - name.size(), ' ') + printable(value) + "\n";
}

std::string percent(double part) {
    constexpr double kWhole = 100;
    return std::to_string(std::lround(part * kWhole)) + " %";
}

std::string retries_text(const RetryCounts& retries) {
    std::string text;
    const auto add = [&text](int count, const std::string& name) {
        if (count > 0) {
            text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + name;
        }
    };
    add(retries.transient, "Transient");
    add(retries.timeout, "Timeout");
    add(retries.oom, "OOM");
    add(retries.worker_lost, "WorkerLost");
    return text;
}

}  // namespace

std::string to_text(const JobStatus& status) {
    std::string text;
    add_line(text, "job", status.job_id);
    const bool under_way = status.state == JobState::kRunning;
    add_line(
        text,
        "state",
        std::string(to_string(status.state)) +
            (under_way
                 ? ", " + std::string(to_string(status.stage)) + ", " + percent(status.progress)
                 : std::string())
    );
    add_line(text, "model", status.model);
    add_line(text, "priority", std::string(to_string(status.priority)));
    add_line(text, "tries", std::to_string(status.attempt));
    if (const std::string retries = retries_text(status.retries); !retries.empty()) {
        add_line(text, "retries", retries);
    }
    if (status.error) {
        const JobError& error = *status.error;
        add_line(
            text,
            "error",
            error.message + " (" + std::string(to_string(error.error_class)) + " " +
                std::string(to_string(error.code)) + ")"
        );
        if (error.next_attempt_at) {
            add_line(text, "next try", to_iso8601(*error.next_attempt_at));
        }
    }
    add_line(text, "updated", to_iso8601(status.updated_at));
    return text;
}

}  // namespace inference::cli
