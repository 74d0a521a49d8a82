#include "events/file_channel.hpp"

#include "events/event_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>

namespace inference {
namespace {

using Refused = tl::unexpected<std::string>;

// Marks of a gap, of which one at the least fits whatever came before it.
constexpr std::size_t kRoomForMarks = 4'096;
constexpr std::size_t kLongestEnd = 4'096;

std::string line_of(const Event& event) {
    // Text that is no UTF-8 is replaced.
    return nlohmann::json(event).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) +
           '\n';
}

std::string gap_instead_of(Event event) {
    event.data["text"] = "";
    event.data["gap"] = true;
    return line_of(event);
}

std::string trouble(const std::filesystem::path& path, int error) {
    return path.string() + ": " + std::generic_category().message(error);
}

bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno != EINTR) {
            return false;
        }
        bytes.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
    }
    return true;
}

bool has_end(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary | std::ios::ate);
    const auto size = static_cast<std::streamoff>(stream.tellg());
    const auto from = std::max<std::streamoff>(0, size - static_cast<std::streamoff>(kLongestEnd));
    stream.seekg(from);
    std::string last;
    for (std::string line; std::getline(stream, line);) {
        last = std::move(line);
    }
    const auto event = event_from(nlohmann::json::parse(last, nullptr, false));
    return event && event->type == EventType::kEnd;
}

}  // namespace

tl::expected<void, std::string> FileChannel::write(const std::vector<Event>& events) {
    tl::expected<void, std::string> all;
    for (std::size_t first = 0; first < events.size();) {
        std::size_t last = first + 1;
        while (last < events.size() && events[last].job_id == events[first].job_id) {
            ++last;
        }
        if (auto written = append(events, first, last); !written && all) {
            all = std::move(written);
        }
        first = last;
    }
    return all;
}

tl::expected<void, std::string> FileChannel::append(
    const std::vector<Event>& events, std::size_t first, std::size_t last
) const {
    constexpr mode_t kMode = 0644;
    const std::filesystem::path file = event_file(folder_, events[first].job_id);
    const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
    int descriptor = open(file.c_str(), flags, kMode);
    if (descriptor < 0 && errno == ENOENT) {
        std::error_code error;
        std::filesystem::create_directories(folder_, error);
        descriptor = open(file.c_str(), flags, kMode);
    }
    if (descriptor < 0) {
        return Refused(trouble(file, errno));
    }
    struct stat now{};
    const bool is_known = fstat(descriptor, &now) == 0;
    const std::string lines =
        lines_that_fit(events, first, last, is_known ? static_cast<std::size_t>(now.st_size) : 0);
    const bool written = write_all(descriptor, lines);
    const int error = errno;
    close(descriptor);
    return written ? tl::expected<void, std::string>() : Refused(trouble(file, error));
}

std::string FileChannel::lines_that_fit(
    const std::vector<Event>& events, std::size_t first, std::size_t last, std::size_t size
) const {
    std::string lines;
    for (std::size_t at = first; at < last; ++at) {
        const Event& event = events[at];
        const bool is_rare = event.type != EventType::kToken && event.type != EventType::kProgress;
        std::string line = line_of(event);
        const std::size_t before = size + lines.size();
        if (is_rare || before + line.size() <= limits_.bytes) {
            lines += line;
        } else if (event.type == EventType::kToken && before <= limits_.bytes + kRoomForMarks) {
            lines += gap_instead_of(event);
        }
    }
    return lines;
}

void FileChannel::tidy() {
    std::error_code ignored;  // The next write says what is wrong.
    std::filesystem::create_directories(folder_, ignored);
    remove_old(std::filesystem::file_time_type::clock::now());
}

void FileChannel::remove_old(std::filesystem::file_time_type now) const {
    std::vector<std::pair<std::filesystem::file_time_type, std::filesystem::path>> files;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder_, error), end; !error && entry != end;
         entry.increment(error)) {
        std::error_code gone;  // By another worker.
        const auto written = entry->last_write_time(gone);
        if (!gone && entry->path().extension() == ".jsonl") {
            files.emplace_back(written, entry->path());
        }
    }
    std::ranges::sort(files);
    const std::size_t too_many = files.size() - std::min(files.size(), limits_.files);
    for (std::size_t at = 0; at < files.size(); ++at) {
        const auto& [written, file] = files[at];
        const bool is_old = at < too_many || now - written > limits_.kept;
        // Only what is old is opened.
        if (is_old && (now - written > limits_.kept_without_end || has_end(file))) {
            std::filesystem::remove(file, error);
        }
    }
}

}  // namespace inference
