/// @file cli/cancel.hpp
/// @brief `cancel`: asks a job to end.
#pragma once

namespace inference::cli {

class CommandLine;

/// Done once the server has taken the request: the worker frees the engine, and the job ends as canceled. A job that has ended
/// is left as it is, and that is said and no error. JSON: {"job_id","cancel_requested","state"?}.
void add_cancel(CommandLine& line);

}  // namespace inference::cli
