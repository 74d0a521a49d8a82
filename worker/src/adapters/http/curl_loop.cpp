#include "adapters/http/curl_loop.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>
#include <system_error>

namespace inference {
namespace {

// Enough for every connection of a busy worker. Left to itself libcurl keeps four times the transfers under way, and a
// burst that ends would drop the connections that the next one needs.
constexpr long kMaxConnections = 1024;

int checked(int descriptor, const char* what) {
    if (descriptor < 0) {
        throw std::system_error(errno, std::generic_category(), what);
    }
    return descriptor;
}

std::uint32_t epoll_events_of(int wanted) {
    std::uint32_t events = 0;
    events |= (wanted & CURL_POLL_IN) != 0 ? std::uint32_t{EPOLLIN} : 0;
    events |= (wanted & CURL_POLL_OUT) != 0 ? std::uint32_t{EPOLLOUT} : 0;
    return events;
}

int curl_events_of(std::uint32_t events) {
    int ready = 0;
    ready |= (events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0;
    ready |= (events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0;
    ready |= (events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0;
    return ready;
}

}  // namespace

CurlLoop::CurlLoop(long max_host_connections) {
    epoll_ = checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    wake_ = checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd");
    epoll_event event{.events = EPOLLIN, .data = {.fd = wake_}};
    checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event), "epoll_ctl");
    multi_ = curl_multi_init();
    if (multi_ == nullptr) {
        throw std::bad_alloc();
    }
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlLoop::on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlLoop::on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, max_host_connections);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kMaxConnections);
}

CurlLoop::~CurlLoop() {
    curl_multi_cleanup(multi_);
    close(wake_);
    close(epoll_);
}

bool CurlLoop::add(CURL* easy) {
    return curl_multi_add_handle(multi_, easy) == CURLM_OK;
}

void CurlLoop::remove(CURL* easy) {
    curl_multi_remove_handle(multi_, easy);
}

void CurlLoop::run_until(Clock::time_point limit) {
    std::array<epoll_event, 64> events;
    const int count =
        epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), wait_ms(limit));
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        if (event.data.fd == wake_) {
            drain_wakes();
        } else {
            act(event.data.fd, curl_events_of(event.events));
        }
    }
    if (timer_ && *timer_ <= Clock::now()) {
        timer_.reset();
        act(CURL_SOCKET_TIMEOUT, 0);
    }
}

std::optional<CurlLoop::Finished> CurlLoop::next_finished() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg == CURLMSG_DONE) {
            return Finished{message->easy_handle, message->data.result};
        }
    }
    return std::nullopt;
}

void CurlLoop::wake() noexcept {
    const std::uint64_t one = 1;
    // It can only fail with the counter at its maximum, and then the loop is awake anyway.
    [[maybe_unused]] const auto written = write(wake_, &one, sizeof one);
}

int CurlLoop::on_socket(CURL*, curl_socket_t socket, int wanted, void* self, void* known) {
    auto& loop = *static_cast<CurlLoop*>(self);
    if (wanted == CURL_POLL_REMOVE) {
        epoll_ctl(loop.epoll_, EPOLL_CTL_DEL, socket, nullptr);
        return 0;
    }
    epoll_event event{.events = epoll_events_of(wanted), .data = {.fd = socket}};
    epoll_ctl(loop.epoll_, known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event);
    // Any pointer that is not null: next time the socket is known.
    curl_multi_assign(loop.multi_, socket, &loop);
    return 0;
}

int CurlLoop::on_timer(CURLM*, long timeout_ms, void* self) {
    auto& timer = static_cast<CurlLoop*>(self)->timer_;
    if (timeout_ms < 0) {
        timer.reset();
    } else {
        timer = Clock::now() + std::chrono::milliseconds{timeout_ms};
    }
    return 0;
}

int CurlLoop::wait_ms(Clock::time_point limit) const {
    const auto now = Clock::now();
    const auto until = timer_ ? std::min(*timer_, limit) : limit;
    if (until <= now) {
        return 0;
    }
    constexpr std::chrono::milliseconds kLongest{60'000};
    // Rounded up, or the last millisecond would be a busy loop.
    const auto wait = until - now < kLongest
                          ? std::chrono::ceil<std::chrono::milliseconds>(until - now)
                          : kLongest;
    return static_cast<int>(wait.count());
}

void CurlLoop::act(curl_socket_t socket, int events) {
    int running = 0;
    curl_multi_socket_action(multi_, socket, events, &running);
}

void CurlLoop::drain_wakes() noexcept {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = read(wake_, &count, sizeof count);
}

}  // namespace inference
