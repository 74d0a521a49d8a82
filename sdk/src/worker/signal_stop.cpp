#include "worker/signal_stop.hpp"

#include <semaphore.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <stdexcept>

namespace temporal::worker {
namespace {

// A signal handler has nothing but globals. Lock-free, and initialised before anything runs.
constinit std::atomic<sem_t*> arrival{nullptr};
constinit std::atomic<int> arrived{0};
static_assert(std::atomic<sem_t*>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

extern "C" void on_signal(int number) {
    constexpr int kExitOnSignal = 128;
    if (arrived.fetch_add(1) > 0) {
        _exit(kExitOnSignal + number);
    }
    const int saved = errno;
    sem_post(arrival.load());
    errno = saved;
}

void wait_for(sem_t& semaphore) {
    while (sem_wait(&semaphore) != 0 && errno == EINTR) {
    }
}

}  // namespace

SignalStop::SignalStop() {
    static sem_t semaphore;
    sem_t* nobody = nullptr;
    if (!arrival.compare_exchange_strong(nobody, &semaphore)) {
        throw std::logic_error("run_until_signal is already waiting for signals in this process");
    }
    sem_init(&semaphore, 0, 0);
    arrived = 0;
    watcher_ = std::thread([this] {
        wait_for(semaphore);
        stop_.request_stop();
    });
    struct sigaction action{};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigaction(SIGTERM, &action, &previous_term_);
    sigaction(SIGINT, &action, &previous_int_);
}

SignalStop::~SignalStop() {
    sigaction(SIGTERM, &previous_term_, nullptr);
    sigaction(SIGINT, &previous_int_, nullptr);
    sem_t* semaphore = arrival.load();
    sem_post(semaphore);
    watcher_.join();
    sem_destroy(semaphore);
    arrival = nullptr;
}

}  // namespace temporal::worker
