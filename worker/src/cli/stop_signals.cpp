#include "cli/stop_signals.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace inference::cli {
namespace {

sigset_t watched_signals(bool also_hangup) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    if (also_hangup) {
        sigaddset(&set, SIGHUP);
    }
    return set;
}

int checked(int descriptor) {
    if (descriptor < 0) {
        throw std::system_error(errno, std::generic_category(), "cannot wait for signals");
    }
    return descriptor;
}

}  // namespace

StopSignals::StopSignals(std::function<void()> on_hangup)
    : on_hangup_(std::move(on_hangup)), end_(checked(eventfd(0, EFD_CLOEXEC))) {
    const sigset_t set = watched_signals(on_hangup_ != nullptr);
    signals_ = checked(signalfd(-1, &set, SFD_CLOEXEC));
    pthread_sigmask(SIG_BLOCK, &set, &previous_);
    watcher_ = std::thread([this] { watch(); });
}

StopSignals::~StopSignals() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(end_, &one, sizeof one);
    watcher_.join();
    close(signals_);
    close(end_);
    pthread_sigmask(SIG_SETMASK, &previous_, nullptr);
}

std::optional<int> StopSignals::received() const noexcept {
    const int number = received_.load();
    return number == 0 ? std::nullopt : std::optional(number);
}

void StopSignals::watch() {
    constexpr int kSignalBase = 128;
    std::array<pollfd, 2> waited{{{signals_, POLLIN, 0}, {end_, POLLIN, 0}}};
    while (true) {
        if (poll(waited.data(), waited.size(), -1) < 0) {
            continue;  // EINTR: a debugger, or SIGCONT.
        }
        if (waited[1].revents != 0) {
            return;
        }
        signalfd_siginfo info{};
        if (read(signals_, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) {
            continue;
        }
        const auto number = static_cast<int>(info.ssi_signo);
        if (number == SIGHUP) {
            on_hangup_();
            continue;
        }
        int none = 0;
        if (!received_.compare_exchange_strong(none, number)) {
            _exit(kSignalBase + number);
        }
        stop_.request_stop();
    }
}

}  // namespace inference::cli
