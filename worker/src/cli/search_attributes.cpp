#include "cli/search_attributes.hpp"

#include "cli/command_error.hpp"
#include "cli/command_line.hpp"
#include "cli/connect.hpp"
#include "cli/stop_signals.hpp"
#include "cli/table.hpp"
#include "temporal/client.hpp"
#include "workflows/job_attributes.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <ostream>
#include <string>

namespace inference::cli {
namespace {

using nlohmann::json;
using temporal::SearchAttributeTypes;

struct SearchAttributesOptions {
    bool registers = false;
};

/// One that has the name and another type: it cannot be registered, and jobs leave it out.
std::string conflicts_of(const SearchAttributeTypes& registered) {
    std::string conflicts;
    for (const auto& [name, type] : job_attribute_types()) {
        const auto found = registered.find(name);
        if (found != registered.end() && found->second != type) {
            conflicts += (conflicts.empty() ? "'" : ", '") + name + "' is " +
                         std::string(to_string(found->second)) + " and not " +
                         std::string(to_string(type));
        }
    }
    return conflicts;
}

SearchAttributeTypes missing_of(const SearchAttributeTypes& registered) {
    SearchAttributeTypes missing = job_attribute_types();
    std::erase_if(missing, [&](const auto& entry) { return registered.contains(entry.first); });
    return missing;
}

json to_rows(const SearchAttributeTypes& registered) {
    json rows = json::array();
    for (const auto& [name, type] : job_attribute_types()) {
        const auto found = registered.find(name);
        json row{
            {"name", name},
            {"type", to_string(type)},
            {"registered", found != registered.end() && found->second == type}
        };
        if (found != registered.end() && found->second != type) {
            row["registered_type"] = to_string(found->second);
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

Table to_table(const json& rows) {
    Table table({"NAME", "TYPE", "REGISTERED"});
    for (const json& row : rows) {
        const std::string state = row.contains("registered_type")
                                      ? "as " + row.at("registered_type").get<std::string>()
                                      : (row.at("registered").get<bool>() ? "yes" : "no");
        table.add({row.at("name").get<std::string>(), row.at("type").get<std::string>(), state});
    }
    return table;
}

ExitCode search_attributes(const SearchAttributesOptions& options, Invocation& invocation) {
    const StopSignals signals;
    const temporal::Client client = connect(invocation, signals);
    const temporal::CallOptions call{.stop = signals.token()};
    SearchAttributeTypes registered = client.search_attributes(call);
    const SearchAttributeTypes missing = missing_of(registered);
    if (options.registers && !missing.empty()) {
        client.add_search_attributes(missing, call);
        registered.insert(missing.begin(), missing.end());
    }
    const json rows = to_rows(registered);
    if (invocation.json()) {
        invocation.print(rows);
    } else {
        invocation.out << to_table(rows);
    }
    if (const std::string conflicts = conflicts_of(registered); !conflicts.empty()) {
        throw CommandError(
            ExitCode::kJobFailed,
            "registered with another type: " + conflicts +
                "; jobs leave these out. Remove them if nothing else needs them: temporal operator "
                "search-attribute remove --name NAME"
        );
    }
    if (!options.registers && !missing.empty()) {
        invocation.err << "register the missing ones with --register; jobs set them where the "
                          "workers' configuration has jobs.search_attributes: true\n";
    }
    return ExitCode::kDone;
}

}  // namespace

void add_search_attributes(CommandLine& line) {
    const auto options = std::make_shared<SearchAttributesOptions>();
    CLI::App& command = line.add(
        "search-attributes",
        "Shows by which attributes Temporal can list jobs, and registers them",
        [options](Invocation& invocation) { return search_attributes(*options, invocation); }
    );
    command.add_flag("--register", options->registers, "Register those that are missing");
}

}  // namespace inference::cli
