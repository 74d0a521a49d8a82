#include "cli/result.hpp"

#include "cli/await_job.hpp"
#include "cli/command_line.hpp"
#include "cli/connect.hpp"
#include "cli/stop_signals.hpp"
#include "cli/wait_time.hpp"

#include <memory>
#include <string>

namespace inference::cli {
namespace {

struct ResultOptions {
    std::string job_id;
    std::string timeout;
};

ExitCode result(const ResultOptions& options, Invocation& invocation) {
    const auto timeout = parse_wait_time(options.timeout);
    const StopSignals signals;
    const temporal::Client client = connect(invocation, signals);
    return await_job(client.handle(options.job_id), timeout, signals, invocation);
}

}  // namespace

void add_result(CommandLine& line) {
    const auto options = std::make_shared<ResultOptions>();
    CLI::App& command = line.add(
        "result",
        "Prints a job's answer, and waits for it where the job still runs",
        [options](Invocation& invocation) { return result(*options, invocation); }
    );
    command.add_option("JOB", options->job_id, "The job's id")->required();
    command
        .add_option("--timeout", options->timeout, "How long to wait, such as 30s; the job goes on")
        ->type_name("TIME");
}

}  // namespace inference::cli
