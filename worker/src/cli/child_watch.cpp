#include "cli/child_watch.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <system_error>

namespace inference::cli {

ChildWatch::ChildWatch(Children children, std::function<void(const std::string& name)> on_end)
    : children_(std::move(children)), on_end_(std::move(on_end)), end_(eventfd(0, EFD_CLOEXEC)) {
    if (end_ < 0) {
        throw std::system_error(errno, std::generic_category(), "cannot watch children");
    }
    thread_ = std::thread([this] { watch(); });
}

ChildWatch::~ChildWatch() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(end_, &one, sizeof one);
    thread_.join();
    close(end_);
}

void ChildWatch::watch() const {
    std::vector<pollfd> waited{{end_, POLLIN, 0}};
    for (const auto& [name, descriptor] : children_) {
        waited.push_back({descriptor, POLLIN, 0});
    }
    while (poll(waited.data(), waited.size(), -1) < 0) {
    }
    for (std::size_t i = 0; i < children_.size(); ++i) {
        if (waited[0].revents == 0 && waited[i + 1].revents != 0) {
            return on_end_(children_[i].first);
        }
    }
}

}  // namespace inference::cli
