#include "events/file_source.hpp"

#include "contracts/json_text.hpp"
#include "events/event_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace inference {
namespace {

using Events = EventSource::Events;
using Refused = tl::unexpected<std::string>;

constexpr std::chrono::milliseconds kBetweenLooks{100};
constexpr std::chrono::seconds kPatience{3};

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) {
            close(number_);
        }
    }

    [[nodiscard]] int get() const noexcept { return number_; }
    [[nodiscard]] bool is_open() const noexcept { return number_ >= 0; }

private:
    int number_;
};

std::string trouble(const std::filesystem::path& path) {
    return path.string() + ": " + std::generic_category().message(errno);
}

std::optional<std::uint64_t> offset_of(std::string_view id) {
    std::uint64_t offset = 0;
    const char* const end = id.data() + id.size();
    const auto [stop, error] = std::from_chars(id.data(), end, offset);
    return error == std::errc{} && stop == end ? std::optional(offset) : std::nullopt;
}

/// The whole lines after the offset.
tl::expected<std::string, std::string> read_lines(
    const std::filesystem::path& path, std::uint64_t& offset
) {
    const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) {
        return errno == ENOENT ? tl::expected<std::string, std::string>() : Refused(trouble(path));
    }
    struct stat now{};
    if (fstat(file.get(), &now) != 0) {
        return Refused(trouble(path));
    }
    const auto size = static_cast<std::uint64_t>(now.st_size);
    if (offset > size) {
        offset = 0;  // The file was removed, and has begun anew.
    }
    std::string bytes(size - offset, '\0');
    const ssize_t count = pread(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0) {
        return Refused(trouble(path));
    }
    bytes.resize(static_cast<std::size_t>(count));
    const std::size_t end = bytes.rfind('\n');
    bytes.resize(end == std::string::npos ? 0 : end + 1);
    return bytes;
}

std::vector<StoredEvent> events_in(
    std::string_view lines, std::uint64_t offset, const std::string& job_id
) {
    std::vector<StoredEvent> events;
    while (!lines.empty()) {
        const std::size_t length = lines.find('\n') + 1;
        offset += length;
        const auto json = parse_json_text(lines.substr(0, length));
        if (auto event = json ? event_from(*json) : std::nullopt;
            event && event->job_id == job_id) {
            events.push_back({.id = std::to_string(offset), .event = *std::move(event)});
        }
        lines.remove_prefix(length);
    }
    return events;
}

/// Returns when the folder or the file changes, something is written to `also`, or at the deadline.
void wait(int watch, int also, EventSource::Deadline deadline) {
    using std::chrono::milliseconds;
    constexpr milliseconds kLongest{60'000};
    const auto left = std::clamp(
        std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now()),
        milliseconds(0),
        kLongest
    );
    std::array<pollfd, 2> waited{{{watch, POLLIN, 0}, {also, POLLIN, 0}}};
    poll(waited.data(), waited.size(), static_cast<int>(left.count()));
    if ((waited[0].revents & POLLIN) != 0) {
        alignas(inotify_event) std::array<char, 4'096> changes{};
        [[maybe_unused]] const auto ignored = ::read(watch, changes.data(), changes.size());
    }
}

}  // namespace

bool FileSource::has_waited_for_folder() {
    const Deadline now = std::chrono::steady_clock::now();
    missing_since_ = missing_since_.value_or(now);
    return now - *missing_since_ >= kPatience;
}

Events FileSource::read(
    const std::string& job_id,
    const std::string& after,
    Deadline deadline,
    const std::stop_token& stop
) {
    const std::filesystem::path file = event_file(folder_, job_id);
    const auto from = after.empty() ? std::optional<std::uint64_t>(0) : offset_of(after);
    if (!from) {
        return Refused("'" + after + "' is no id of an event; it takes one that was read before");
    }
    const Descriptor watch(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    const Descriptor stopped(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!watch.is_open() || !stopped.is_open()) {
        return Refused("cannot watch " + trouble(folder_));
    }
    const std::stop_callback on_stop(stop, [&stopped] {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto ignored = ::write(stopped.get(), &one, sizeof one);
    });
    while (true) {
        // Before the look at it, so that nothing is missed. The file alone where it is there: the folder sees other jobs too.
        const bool is_there =
            inotify_add_watch(watch.get(), file.c_str(), IN_MODIFY | IN_DELETE_SELF) >= 0;
        const bool is_watched =
            is_there || inotify_add_watch(watch.get(), folder_.c_str(), IN_CREATE) >= 0;
        if (!is_watched && has_waited_for_folder()) {
            return Refused(
                "there are no events in " + trouble(folder_) +
                "; on another machine than the worker's, its events.channel must be redis://"
            );
        }
        std::uint64_t offset = *from;
        const auto lines = read_lines(file, offset);
        if (!lines) {
            return Refused(lines.error());
        }
        auto events = events_in(*lines, offset, job_id);
        if (!events.empty() || stop.stop_requested()) {
            return events;
        }
        const Deadline look = std::chrono::steady_clock::now() + kBetweenLooks;
        wait(watch.get(), stopped.get(), is_watched ? deadline : std::min(deadline, look));
        if (std::chrono::steady_clock::now() >= deadline) {
            return events;
        }
    }
}

}  // namespace inference
