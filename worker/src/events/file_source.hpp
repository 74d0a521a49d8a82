/// @file events/file_source.hpp
/// @brief Reads what a FileChannel writes, as it grows.
#pragma once

#include "events/event_source.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace inference {

/// The id of an event is where its line ends in the job's file. A line that cannot be read is passed over.
/// A folder that is not there is waited for, for a few seconds: its worker may be about to begin.
class FileSource final : public EventSource {
public:
    explicit FileSource(std::filesystem::path folder) : folder_(std::move(folder)) {}

    Events read(
        const std::string& job_id,
        const std::string& after,
        Deadline deadline,
        const std::stop_token& stop
    ) override;

private:
    bool has_waited_for_folder();

    std::filesystem::path folder_;
    std::optional<Deadline> missing_since_;  // the folder
};

}  // namespace inference
