/// @file cli/list_filter.hpp
/// @brief Which jobs `list` is about.
#pragma once

#include "contracts/job_status.hpp"
#include "contracts/priority.hpp"
#include "contracts/timestamp.hpp"
#include "temporal/payload.hpp"

#include <optional>
#include <string>

namespace inference::cli {

/// The arguments as they were typed. Empty: not given.
struct ListArguments {
    std::string state;
    std::string model;
    std::string priority;
    std::string since;  ///< "2h", "7d", "2026-11-24" or "2026-11-24T10:31:00Z".
};

/// Absent: any.
struct ListFilter {
    std::optional<JobState> state;
    std::optional<std::string> model;
    std::optional<Priority> priority;
    std::optional<Timestamp> since;  ///< Started then or later.
};

/// Errors: CommandError (2) naming the argument and what it takes.
ListFilter read_list_filter(const ListArguments& arguments, Timestamp now);

/// What of the filter the server can judge, as a list query of Temporal.
std::string list_query(const ListFilter& filter);

/// False where what a job shows of itself rules it out, so that nobody has to be asked. What it does not show may match.
bool may_match(const ListFilter& filter, const temporal::PayloadMap& memo);

bool matches(const ListFilter& filter, const JobStatus& status);

}  // namespace inference::cli
