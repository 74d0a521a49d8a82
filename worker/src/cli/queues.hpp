/// @file cli/queues.hpp
/// @brief `queues`: what waits in each queue, who serves it, and what it has of the slots.
#pragma once

namespace inference::cli {

class CommandLine;

/// JSON: [{"queue", "backlog", "backlog_age_ms", "workers"}], and what queue_use_json() says of each where the worker of this
/// configuration answers on admin.listen.
void add_queues(CommandLine& line);

}  // namespace inference::cli
