/// @file cli/dev.hpp
/// @brief `dev`: everything on one machine, to try and to develop against.
#pragma once

namespace inference::cli {

class CommandLine;

/// A Temporal server, a simulated engine and a worker, until SIGTERM or SIGINT; then all of them end. With --config its models
/// are served, and no engine is simulated.
///
/// JSON: one line once all is up: {"temporal","namespace","ui"?,"engine"?:{"http","grpc"},"models"}.
void add_dev(CommandLine& line);

}  // namespace inference::cli
