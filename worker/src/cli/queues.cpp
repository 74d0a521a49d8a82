#include "cli/queues.hpp"

#include "cli/command_line.hpp"
#include "cli/connect.hpp"
#include "cli/fetch_page.hpp"
#include "cli/live_pollers.hpp"
#include "cli/settings.hpp"
#include "cli/stop_signals.hpp"
#include "cli/table.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <ostream>
#include <string>

namespace inference::cli {
namespace {

using nlohmann::json;

/// What the server knows: tasks of both kinds that wait for a worker.
json backlog_of(
    const temporal::Client& client, const std::string& queue, const temporal::CallOptions& call
) {
    const auto activities =
        client.describe_task_queue(queue, temporal::TaskQueueKind::kActivity, call);
    const auto workflows =
        client.describe_task_queue(queue, temporal::TaskQueueKind::kWorkflow, call);
    const auto age = std::max(activities.backlog_age, workflows.backlog_age);
    return {
        {"queue", queue},
        {"backlog", activities.backlog + workflows.backlog},
        {"backlog_age_ms", std::chrono::duration_cast<std::chrono::milliseconds>(age).count()},
        {"workers", live_pollers(activities, std::chrono::system_clock::now())},
    };
}

/// What the worker of this configuration knows; an empty object if none can be asked, with the reason on `err`.
json slots_of_worker(const AdminConfig& admin, std::ostream& err) {
    if (!admin.listen) {
        err << "shares and slots are known to a worker only: set admin.listen for it, and give its "
               "configuration here\n";
        return json::object();
    }
    try {
        return json::parse(fetch_page(*admin.listen, "/queues"));
    } catch (const std::exception& error) {
        err << "no worker tells of its shares and slots: " << error.what() << '\n';
        return json::object();
    }
}

std::string percent(const json& row, const char* field) {
    constexpr double kHundred = 100;
    const auto share = row.find(field);
    return share == row.end() ? "-"
                              : std::to_string(std::lround(share->get<double>() * kHundred)) + " %";
}

std::string number(const json& row, const char* field) {
    const auto found = row.find(field);
    return found == row.end() ? "-" : found->dump();
}

std::string seconds(const json& row) {
    constexpr std::int64_t kSecond = 1000;
    return std::to_string(row.at("backlog_age_ms").get<std::int64_t>() / kSecond) + " s";
}

Table to_table(const json& rows) {
    Table table({"QUEUE", "BACKLOG", "OLDEST", "WORKERS", "SHARE", "HAD", "FLOOR", "SLOTS", "LENT"}
    );
    for (const json& row : rows) {
        table.add(
            {row.at("queue").get<std::string>(),
             number(row, "backlog"),
             seconds(row),
             number(row, "workers"),
             percent(row, "share"),
             percent(row, "share_had"),
             number(row, "floor"),
             number(row, "slots_used"),
             number(row, "slots_lent")}
        );
    }
    return table;
}

ExitCode queues(Invocation& invocation) {
    const StopSignals signals;
    const Config config = load_settings(invocation.common);
    const temporal::Client client = connect(invocation, signals);
    const json slots = slots_of_worker(config.admin, invocation.err);
    json rows = json::array();
    for (const Priority priority : config.worker.serve) {
        const std::string queue(queue_of(priority));
        json row = backlog_of(client, queue, {.stop = signals.token()});
        row.update(slots.value(queue, json::object()));
        rows.push_back(std::move(row));
    }
    if (invocation.json()) {
        invocation.print(rows);
    } else {
        invocation.out << to_table(rows);
    }
    return ExitCode::kDone;
}

}  // namespace

void add_queues(CommandLine& line) {
    line.add("queues", "Shows what waits in each queue, and its share of the slots", queues);
}

}  // namespace inference::cli
