/// @file cli/run_batch.hpp
/// @brief A batch is started, or found running, and waited for.
#pragma once

#include "cli/batch_outputs.hpp"
#include "cli/exit_code.hpp"
#include "cli/invocation.hpp"
#include "cli/stop_signals.hpp"
#include "config/config.hpp"
#include "contracts/batch_request.hpp"
#include "files/stores.hpp"
#include "temporal/client.hpp"

#include <CLI/App.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace inference::cli {

/// The arguments of every command that starts a batch, as they were typed.
struct RunArguments {
    OutputArguments outputs;
    std::string timeout;  ///< Empty: not given.
    bool detach = false;
};

/// --output, --errors, --timeout, --detach. Lifetime: `arguments` outlives the command.
void add_run_options(CLI::App& command, RunArguments& arguments);

/// What is to be run.
struct BatchRun {
    BatchRequest request;  ///< Without its items and files.
    std::int64_t items = 0;
    /// Gives the request its items once the job's id is known; called only where there is no such job yet.
    std::function<void(const std::string& job_id, BatchRequest& request)> give_items;
    BatchOutputs outputs;
    std::optional<std::chrono::milliseconds> timeout;
    bool detach = false;
};

/// As plan_outputs().
///
/// Errors: CommandError (2), also where nobody would be there to write them.
BatchOutputs require_outputs(
    const RunArguments& arguments,
    const std::string& input,
    const FilesConfig& files,
    const Stores& stores
);

/// The id of `request` if it has one, else a new one; a job that has it already is joined. Prints the id with `detach`, else waits.
///
/// Errors: as start_or_find(), await_batch() and `give_items`.
ExitCode run_batch(
    BatchRun run,
    const Stores& stores,
    const temporal::Client& client,
    const StopSignals& signals,
    const Invocation& invocation
);

}  // namespace inference::cli
