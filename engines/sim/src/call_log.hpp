/// @file call_log.hpp
/// @brief The witness: one line of JSON for each thing that happens to a call.
#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <deque>
#include <filesystem>
#include <fstream>

namespace engine_sim {

/// Appends to a file, each line flushed before `write` returns, and remembers the newest events.
class CallLog {
public:
    static constexpr std::size_t kRemembered = 100'000;

    /// An empty path: no file. Throws std::runtime_error if the file cannot be opened.
    explicit CallLog(const std::filesystem::path& file);

    void write(nlohmann::ordered_json event);

    /// The newest events as a list, oldest first.
    nlohmann::ordered_json recent() const;

    /// Empties what `recent` gives; the file stays as it is.
    void forget() { recent_.clear(); }

private:
    std::ofstream file_;
    std::deque<nlohmann::ordered_json> recent_;
};

}  // namespace engine_sim
