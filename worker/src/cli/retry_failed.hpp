/// @file cli/retry_failed.hpp
/// @brief `retry-failed`: a new batch of what a batch left undone.
#pragma once

namespace inference::cli {

class CommandLine;

/// Goes on as `batch` does. Where nothing is left there is no batch, and it ends with 0.
void add_retry_failed(CommandLine& line);

}  // namespace inference::cli
