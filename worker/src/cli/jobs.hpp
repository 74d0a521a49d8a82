/// @file cli/jobs.hpp
/// @brief `inference-worker jobs`: the job store itself.
#pragma once

namespace inference::cli {

class CommandLine;

/// `jobs show JOB`, `jobs rebuild`, `jobs prune --older-than TIME`.
void add_jobs(CommandLine& line);

}  // namespace inference::cli
