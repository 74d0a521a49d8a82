/// @file cli/await_batch.hpp
/// @brief Waits for a batch with its progress in view, and puts its results where they belong.
#pragma once

#include "cli/batch_outputs.hpp"
#include "cli/exit_code.hpp"
#include "cli/invocation.hpp"
#include "cli/stop_signals.hpp"
#include "files/stores.hpp"
#include "temporal/workflow_handle.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace inference::cli {

struct BatchWait {
    std::int64_t items = 0;  ///< As long as no worker has said how many there are.
    std::optional<std::chrono::milliseconds> timeout;  ///< Absent: for ever.
};

/// As await_job(). The results are also written where the batch failed or was cancelled, as far as there are any.
///
/// Errors: as await_job(), and write_outputs().
ExitCode await_batch(
    const temporal::WorkflowHandle& job,
    const BatchWait& wait,
    const BatchOutputs& outputs,
    const Stores& stores,
    const StopSignals& signals,
    const Invocation& invocation
);

}  // namespace inference::cli
