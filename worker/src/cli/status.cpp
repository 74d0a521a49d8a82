#include "cli/status.hpp"

#include "cli/command_line.hpp"
#include "cli/connect.hpp"
#include "cli/find_status.hpp"
#include "cli/status_text.hpp"
#include "cli/stop_signals.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <ostream>
#include <string>

namespace inference::cli {
namespace {

ExitCode status(const std::string& job_id, Invocation& invocation) {
    const StopSignals signals;
    const temporal::Client client = connect(invocation, signals);
    const JobStatus found = find_status(client.handle(job_id), {.stop = signals.token()});
    if (invocation.json()) {
        invocation.print(found);
    } else {
        invocation.out << to_text(found);
    }
    return ExitCode::kDone;
}

}  // namespace

void add_status(CommandLine& line) {
    const auto job_id = std::make_shared<std::string>();
    CLI::App& command =
        line.add("status", "Says where a job stands", [job_id](Invocation& invocation) {
            return status(*job_id, invocation);
        });
    command.add_option("JOB", *job_id, "The job's id")->required();
}

}  // namespace inference::cli
