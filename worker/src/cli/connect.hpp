/// @file cli/connect.hpp
/// @brief The client that job commands use.
#pragma once

#include "cli/invocation.hpp"
#include "cli/stop_signals.hpp"
#include "temporal/client.hpp"

namespace inference::cli {

/// Connects by the invocation's settings.
///
/// Errors: CommandError (78) for a wrong configuration, temporal::ConnectError for a server that is not there; after a signal
///         CommandError (130, 143).
temporal::Client connect(const Invocation& invocation, const StopSignals& signals);

}  // namespace inference::cli
