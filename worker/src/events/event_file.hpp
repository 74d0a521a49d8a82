/// @file events/event_file.hpp
/// @brief Where the file channel keeps the events of a job.
#pragma once

#include <filesystem>
#include <string>

namespace inference {

/// FOLDER/ID.jsonl, an event a line; what a file's name does not take is percent-encoded, and an id that is longer than a name may be
/// is cut, with a hash of the whole.
std::filesystem::path event_file(const std::filesystem::path& folder, const std::string& job_id);

}  // namespace inference
