/// @file events/file_channel.hpp
/// @brief Events as lines of files, one file a job.
#pragma once

#include "events/event_channel.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

/// What a folder of events may grow to.
struct FileLimits {
    std::size_t bytes =
        std::size_t{1}
        << 20;  ///< Of a job's file; then only what is rare is added: stages, resets, the end.
    std::chrono::seconds kept{3'600};  ///< After a job's end.
    std::chrono::seconds kept_without_end{86'400
    };  ///< After the last event of one whose end nobody told.
    std::size_t files = 10'000;  ///< In all; of more, the oldest go that have ended.
};

/// Several processes may write to one folder, and to one job: each line is appended by one call.
class FileChannel final : public EventChannel {
public:
    explicit FileChannel(std::filesystem::path folder, FileLimits limits = {})
        : folder_(std::move(folder)), limits_(limits) {}

    tl::expected<void, std::string> write(const std::vector<Event>& events) override;
    /// Makes the folder, so that readers can wait at it, and removes the files of jobs that ended long ago.
    void tidy() override;
    void remove_old(std::filesystem::file_time_type now) const;

private:
    [[nodiscard]] tl::expected<void, std::string> append(
        const std::vector<Event>& events, std::size_t first, std::size_t last
    ) const;
    [[nodiscard]] std::string lines_that_fit(
        const std::vector<Event>& events, std::size_t first, std::size_t last, std::size_t size
    ) const;

    std::filesystem::path folder_;
    FileLimits limits_;
};

}  // namespace inference
