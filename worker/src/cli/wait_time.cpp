#include "cli/wait_time.hpp"

#include "cli/command_error.hpp"
#include "config/duration.hpp"

namespace inference::cli {

std::optional<std::chrono::milliseconds> parse_wait_time(const std::string& text) {
    if (text.empty()) {
        return std::nullopt;
    }
    const bool bare = text.find_first_not_of("0123456789") == std::string::npos;
    const auto time = parse_duration(bare ? text + "s" : text);
    if (!time) {
        throw CommandError(
            ExitCode::kUsage, "--timeout takes a time such as 30s, 5m or 500ms, at most a year"
        );
    }
    return time;
}

}  // namespace inference::cli
