#include "bridge/runtime.hpp"

#include "bridge/core_abi.hpp"
#include "bridge/core_options.hpp"
#include "bridge/core_thread.hpp"
#include "temporal/error.hpp"

#include <signal.h>

#include <chrono>
#include <thread>
#include <utility>

namespace temporal::bridge {

struct Runtime::Owned {
    LogSink sink;
    // After the sink, so that it is freed first: core logs until its threads have ended.
    RuntimeHandle handle;
};

namespace {

/// Core's threads take over the mask of the thread that makes them. Their writes to a connection that the other side has
/// closed must give an error there; unmasked, SIGPIPE would end the process.
class BlockedSigpipe {
public:
    BlockedSigpipe() noexcept {
        sigset_t pipe;
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe, &before_);
    }
    ~BlockedSigpipe() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    BlockedSigpipe(const BlockedSigpipe&) = delete;
    BlockedSigpipe& operator=(const BlockedSigpipe&) = delete;

private:
    sigset_t before_{};
};

void on_log(
    void* user,
    std::int32_t level,
    std::uint64_t unix_ms,
    tcore_ref target,
    tcore_ref message,
    tcore_ref fields
) noexcept {
    const CoreThreadScope scope;
    try {
        (*static_cast<const LogSink*>(user))({
            .level = static_cast<LogLevel>(level),
            .time = std::chrono::system_clock::time_point{std::chrono::milliseconds{unix_ms}},
            .target = std::string(view(target)),
            .message = std::string(view(message)),
            .fields_json = std::string(view(fields)),
        });
    } catch (...) {  // NOLINT(bugprone-empty-catch)
        // A line of log that cannot be written must not end core's thread, and there is no other
        // log to tell it to.
    }
}

}  // namespace

std::shared_ptr<Runtime> Runtime::make(const RuntimeOptions& options) {
    if (tcore_abi_version() != TCORE_ABI_VERSION) {
        throw Error(
            "the core library speaks version " + std::to_string(tcore_abi_version()) +
            " of the C ABI, this SDK version " + std::to_string(TCORE_ABI_VERSION) +
            ": build both from one tree"
        );
    }
    auto owned = std::make_unique<Owned>();
    owned->sink = options.log_sink;

    const std::string json = runtime_options_json(options);
    tcore_runtime* handle = nullptr;
    std::int32_t status = TCORE_ERROR;
    const BlockedSigpipe blocked;
    const Buffer answer = with_buffer(status, [&](tcore_buf* buffer) {
        return tcore_runtime_new(
            lend(json), owned->sink ? &on_log : nullptr, &owned->sink, &handle, buffer
        );
    });
    if (status != TCORE_OK) {
        throw Error("cannot start Temporal's core: " + answer.str());
    }
    owned->handle.reset(handle);
    return std::shared_ptr<Runtime>(new Runtime(std::move(owned), metrics_address_of(answer.view()))
    );
}

Runtime::Runtime(std::unique_ptr<Owned> owned, std::string metrics_address)
    : owned_(std::move(owned)), metrics_address_(std::move(metrics_address)) {}

Runtime::~Runtime() {
    if (CoreThreadScope::active()) {
        // A thread of core cannot wait for itself to end.
        std::thread([owned = std::move(owned_)] {}).detach();
    }
}

tcore_runtime* Runtime::handle() const noexcept {
    return owned_->handle.get();
}

}  // namespace temporal::bridge
