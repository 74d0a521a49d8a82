/// @file files/s3/sigpipe_block.hpp
/// @brief Writing to a connection that the other side closed is an error, not the end of the process.
#pragma once

#include <signal.h>

#include <ctime>

namespace inference {

/// While it lives, no SIGPIPE reaches this thread; one that came meanwhile is dropped. OpenSSL writes in a way that raises it,
/// and a library must not rely on its program to ignore it.
///
/// Threads: made and destroyed on one.
class SigpipeBlock {
public:
    SigpipeBlock() noexcept {
        sigemptyset(&pipe_);
        sigaddset(&pipe_, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
    }
    SigpipeBlock(const SigpipeBlock&) = delete;
    SigpipeBlock& operator=(const SigpipeBlock&) = delete;
    ~SigpipeBlock() {
        if (sigismember(&before_, SIGPIPE) == 1) {
            return;
        }
        const timespec now{};
        sigtimedwait(&pipe_, nullptr, &now);
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }

private:
    sigset_t pipe_;
    sigset_t before_;
};

}  // namespace inference
