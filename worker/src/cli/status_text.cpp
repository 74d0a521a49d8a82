#include "cli/status_text.hpp"

#include "cli/next_step.hpp"
#include "cli/table.hpp"

#include <cmath>
#include <string_view>
#include <utility>

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

std::string error_text(const JobError& error) {
    return error.message + " (" + std::string(to_string(error.error_class)) + " " +
           std::string(to_string(error.code)) + ")";
}

std::string state_text(const JobStatus& status) {
    const std::string state(to_string(status.state));
    return status.state == JobState::kRunning
               ? state + ", " + std::string(to_string(status.stage)) + ", " +
                     percent(status.progress)
               : state;
}

std::string items_text(const ItemCounts& counts) {
    const std::string canceled =
        counts.canceled > 0 ? ", " + std::to_string(counts.canceled) + " cancelled" : std::string();
    return std::to_string(counts.succeeded) + " succeeded, " + std::to_string(counts.failed) +
           " failed" + canceled + " of " + std::to_string(counts.total);
}

}  // namespace

std::string to_text(const JobStatus& status) {
    std::string text;
    add_line(text, "job", status.job_id);
    add_line(text, "state", state_text(status));
    if (status.counts) {
        add_line(text, "items", items_text(*status.counts));
    }
    add_line(text, "model", status.model);
    add_line(text, "priority", std::string(to_string(status.priority)));
    add_line(text, "tries", std::to_string(status.attempt));
    if (const std::string retries = retries_text(status.retries); !retries.empty()) {
        add_line(text, "retries", retries);
    }
    if (status.error) {
        add_line(text, "error", error_text(*status.error));
        if (status.error->next_attempt_at) {
            add_line(text, "next try", to_iso8601(*status.error->next_attempt_at));
        }
    }
    add_line(text, "updated", to_iso8601(status.updated_at));
    if (const std::string step = next_step(status); !step.empty()) {
        add_line(text, "next", step);
    }
    return text;
}

std::string to_line(const JobStatus& status) {
    std::string text(to_string(status.state));
    if (status.state == JobState::kRunning) {
        text += ", " + std::string(to_string(status.stage));
    }
    if (status.state == JobState::kRunning || status.counts) {
        text += ", " + done_text(status);
    }
    if (status.attempt > 1 && !status.counts) {
        text += ", try " + std::to_string(status.attempt);
    }
    if (const std::string retries = retries_text(status.retries); !retries.empty()) {
        text += ", retries: " + retries;
    }
    if (status.error) {
        text += "; " + error_text(*status.error);
        if (status.error->next_attempt_at) {
            text += ", next try " + to_iso8601(*status.error->next_attempt_at);
        }
    }
    return printable(std::move(text));
}

std::string done_text(const JobStatus& status) {
    if (!status.counts) {
        return percent(status.progress);
    }
    const ItemCounts& counts = *status.counts;
    const std::string done =
        std::to_string(counts.succeeded + counts.failed) + "/" + std::to_string(counts.total);
    return counts.failed > 0 ? done + ", " + std::to_string(counts.failed) + " failed" : done;
}

}  // namespace inference::cli
