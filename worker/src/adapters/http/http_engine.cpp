#include "adapters/http/http_engine.hpp"

#include "adapters/http/curl_loop.hpp"
#include "adapters/http/transfer.hpp"

#include <signal.h>

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace inference {
namespace {

// curl_global_init counts its callers: every engine holds its own reference.
struct CurlLibrary {
    CurlLibrary() { curl_global_init(CURL_GLOBAL_DEFAULT); }
    CurlLibrary(const CurlLibrary&) = delete;
    CurlLibrary& operator=(const CurlLibrary&) = delete;
    ~CurlLibrary() { curl_global_cleanup(); }
};

// Signals are for the program's own threads, and OpenSSL's writes must not raise SIGPIPE in this one.
void block_all_signals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

/// What the I/O thread owns, and the queue by which the others reach it.
class HttpEngine::Io {
public:
    explicit Io(const HttpOptions& options)
        : limits_{options.connect_timeout, options.max_idle},
          loop_(options.max_host_connections),
          thread_([this] { run(); }) {}
    Io(const Io&) = delete;
    Io& operator=(const Io&) = delete;

    ~Io() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        loop_.wake();
        thread_.join();
    }

    void start(
        HttpRequest request, Deadline deadline, std::stop_token cancel, HttpCompletion done
    ) {
        {
            const std::lock_guard lock(mutex_);
            inbox_.starts.push_back(
                {std::move(request), deadline, std::move(cancel), std::move(done)}
            );
        }
        loop_.wake();
    }

private:
    using Id = std::uint64_t;

    struct Start {
        HttpRequest request;
        Deadline deadline;
        std::stop_token cancel;
        HttpCompletion done;
    };
    struct Inbox {
        std::vector<Start> starts;
        std::vector<Id> cancels;
    };
    struct Cancel {
        Io* io;
        Id id;
        void operator()() const { io->cancel(id); }
    };
    struct Call {
        Call(Start&& start, const Transfer::Limits& limits)
            : transfer(std::move(start.request), limits),
              deadline(start.deadline),
              alarm(start.deadline),
              done(std::move(start.done)) {}

        Deadline limit() const { return std::min(deadline, idle_limit); }

        Id id = 0;
        Transfer transfer;
        Deadline deadline;
        Deadline idle_limit = Deadline::max();
        Deadline alarm;  // its place in alarms_: its limit, or a time before it
        HttpCompletion done;
        std::optional<std::stop_callback<Cancel>> on_cancel;
    };
    using Calls = std::unordered_map<Id, std::unique_ptr<Call>>;

    void cancel(Id id) {
        {
            const std::lock_guard lock(mutex_);
            inbox_.cancels.push_back(id);
        }
        loop_.wake();
    }

    void run() {
        block_all_signals();
        while (take_inbox()) {
            expire(std::chrono::steady_clock::now());
            collect();
            loop_.run_until(next_alarm());
            collect();
        }
        while (!calls_.empty()) {
            finish(calls_.begin(), Cancelled{});
        }
    }

    /// False once the engine is being destroyed.
    bool take_inbox() {
        Inbox inbox;
        bool stopping = false;
        {
            const std::lock_guard lock(mutex_);
            std::swap(inbox, inbox_);
            stopping = stopping_;
        }
        for (Start& start : inbox.starts) {
            begin(std::move(start));
        }
        for (const Id id : inbox.cancels) {
            if (const auto found = calls_.find(id); found != calls_.end()) {
                finish(found, Cancelled{});
            }
        }
        return !stopping;
    }

    void begin(Start start) {
        if (start.cancel.stop_requested()) {
            start.done(Cancelled{});
            return;
        }
        const std::stop_token cancel = start.cancel;
        const HttpCompletion done = start.done;
        const Id id = ++last_id_;
        watch(start.request, id);
        std::unique_ptr<Call> call = make_call(std::move(start));
        if (!call || !loop_.add(call->transfer.easy())) {
            done(HttpFailure{.fault = TransportFault::kNoResources});
            return;
        }
        call->id = id;
        curl_easy_setopt(call->transfer.easy(), CURLOPT_PRIVATE, call.get());
        alarms_.emplace(call->alarm, id);
        Call& started = *calls_.emplace(id, std::move(call)).first->second;
        // May run at once, if the stop came in between; then the inbox has it.
        started.on_cancel.emplace(cancel, Cancel{this, id});
    }

    void watch(HttpRequest& request, Id id) {
        if (!request.sink || request.idle_timeout <= std::chrono::milliseconds::zero()) {
            return;
        }
        request.sink = [this, id, idle = request.idle_timeout, sink = std::move(request.sink)](
                           std::string_view bytes
                       ) {
            const Taken taken = sink(bytes);
            const bool is_urgent = taken == Taken::kUrgently;
            Call& call = *calls_.find(id)->second;
            call.idle_limit = is_urgent ? std::chrono::steady_clock::now() + idle : Deadline::max();
            if (call.limit() < call.alarm) {
                set_alarm(call, call.limit());
            }
            return taken;
        };
    }

    std::unique_ptr<Call> make_call(Start&& start) const {
        try {
            return std::make_unique<Call>(std::move(start), limits_);
        } catch (const std::bad_alloc&) {
            return nullptr;
        }
    }

    void collect() {
        while (const auto finished = loop_.next_finished()) {
            char* call = nullptr;
            curl_easy_getinfo(finished->easy, CURLINFO_PRIVATE, &call);
            settle(*reinterpret_cast<Call*>(call), finished->code);
        }
    }

    void settle(Call& call, CURLcode code) {
        if (call.transfer.begin_again(code)) {
            loop_.remove(call.transfer.easy());
            if (loop_.add(call.transfer.easy())) {
                return;
            }
        }
        finish(calls_.find(call.id), call.transfer.outcome(code));
    }

    void expire(Deadline now) {
        while (!alarms_.empty() && alarms_.begin()->first <= now) {
            const auto position = calls_.find(alarms_.begin()->second);
            Call& call = *position->second;
            if (call.limit() > now) {
                set_alarm(call, call.limit());
            } else if (call.idle_limit < call.deadline) {
                finish(position, call.transfer.stalled_failure());
            } else {
                finish(position, call.transfer.deadline_failure());
            }
        }
    }

    void set_alarm(Call& call, Deadline time) {
        alarms_.erase({call.alarm, call.id});
        call.alarm = time;
        alarms_.emplace(time, call.id);
    }

    Deadline next_alarm() const {
        return alarms_.empty() ? Deadline::max() : alarms_.begin()->first;
    }

    void finish(Calls::iterator position, HttpOutcome outcome) {
        const std::unique_ptr<Call> call = std::move(position->second);
        calls_.erase(position);
        alarms_.erase({call->alarm, call->id});
        // Waits for a cancel that is being delivered right now; it finds no call any more.
        call->on_cancel.reset();
        loop_.remove(call->transfer.easy());
        call->done(std::move(outcome));
    }

    const Transfer::Limits limits_;
    std::mutex mutex_;
    Inbox inbox_;
    bool stopping_ = false;
    CurlLibrary library_;
    CurlLoop loop_;

    // The I/O thread's alone.
    Id last_id_ = 0;
    Calls calls_;
    std::set<std::pair<Deadline, Id>> alarms_;

    std::thread thread_;
};

HttpEngine::HttpEngine(const HttpOptions& options) : io_(std::make_unique<Io>(options)) {}

HttpEngine::~HttpEngine() = default;

void HttpEngine::start(
    HttpRequest request, Deadline deadline, std::stop_token cancel, HttpCompletion done
) {
    io_->start(std::move(request), deadline, std::move(cancel), std::move(done));
}

}  // namespace inference
