/// @file events/follow_job.hpp
/// @brief Hears all that is told of a job, until it has ended.
#pragma once

#include "events/event_source.hpp"

#include <tl/expected.hpp>

#include <functional>
#include <stop_token>
#include <string>

namespace inference {

struct FollowOptions {
    std::string run_id = {};  ///< Events of other runs are passed over; empty: all count.
    std::string after = {
    };  ///< The id of the last event that is known; empty: from the first that is kept.
    std::stop_token stop = {};
};

/// Called on the thread of follow_job().
using OnEvent = std::function<void(const StoredEvent&)>;

/// Returns after the job's end, or as soon as `stop` fires. An end may be lost as any event: who must know asks Temporal.
///
/// Errors: as EventSource::read(), in the middle too.
/// @code
///   TextAssembly text;
///   follow_job(*source, "job-1", {}, [&](const StoredEvent& stored) { text.take(stored.event); });
/// @endcode
tl::expected<void, std::string> follow_job(
    EventSource& source,
    const std::string& job_id,
    const FollowOptions& options,
    const OnEvent& on_event
);

}  // namespace inference
