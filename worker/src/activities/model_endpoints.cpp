#include "activities/model_endpoints.hpp"

#include "resilience/batch_memory.hpp"
#include "resilience/breaker.hpp"
#include "resilience/choose_endpoint.hpp"
#include "stages/call_parts.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <variant>

namespace inference {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::chrono::seconds kProbeTime{5};
/// Calls without a byte, an answer or a new call for so long are taken to stand still.
constexpr std::chrono::seconds kStalled{30};
constexpr std::chrono::seconds kNoticeableWait{1};

/// Whether the next call should first hear that the endpoint is ready.
bool is_suspect_after(const Error& error) {
    return !error.sent || error.engine_died || error.replica_bad ||
           error.code == ErrorCode::kConnection || error.code == ErrorCode::kEngineNotReady;
}

/// Whether the error speaks against the endpoint: an engine that is full, or refuses this request, is well.
bool is_endpoints_fault(const Error& error) {
    const bool broke_off =
        error.error_class == ErrorClass::kTransient || error.error_class == ErrorClass::kTimeout;
    return broke_off && error.sent && error.code != ErrorCode::kRateLimited;
}

}  // namespace

/// What the calls of one model share; it outlives the adapters as long as one of them completes.
class ModelEndpoints::Shared {
public:
    explicit Shared(const Model& model)
        : model_(model.name),
          max_concurrency_(model.max_concurrency),
          endpoints_(model.endpoints.size(), Endpoint(model.breaker)) {}

    /// Begins the call now, or when there is room.
    void enter(const std::shared_ptr<Route>& route);
    void leave();
    /// False where it had begun.
    bool withdraw(const Route& route);
    /// The calls that wait, which nobody will begin any more.
    std::vector<std::shared_ptr<Route>> close();

    struct Choice {
        std::size_t endpoint;
        bool ask_first;  ///< Whether it is ready.
    };
    std::variant<Choice, Error> choose(const std::vector<bool>& tried);

    void answered(std::size_t endpoint);
    void dropped(std::size_t endpoint);
    void failed(std::size_t endpoint, const Error& error, std::int64_t items);
    void progressed(std::size_t endpoint);
    void is_ready(std::size_t endpoint);

    std::optional<std::int64_t> batch_limit() const {
        const std::lock_guard lock(mutex_);
        return memory_.limit(Clock::now());
    }
    const std::string& model() const noexcept { return model_; }
    int max_concurrency() const noexcept { return max_concurrency_.value_or(0); }

private:
    struct Endpoint {
        explicit Endpoint(const BreakerOptions& options) : breaker(options) {}

        Breaker breaker;
        int under_way = 0;
        Clock::time_point last_progress;
        bool is_suspect = false;
    };

    bool has_room() const { return !max_concurrency_ || running_ < *max_concurrency_; }
    Endpoint& settle(std::size_t endpoint, Clock::time_point now);
    Error circuit_open(Clock::time_point now) const;
    void begin_waiting();

    const std::string model_;
    const std::optional<int> max_concurrency_;

    mutable std::mutex mutex_;
    std::vector<Endpoint> endpoints_;
    BatchMemory memory_;
    std::size_t rotation_ = 0;
    int running_ = 0;
    bool beginning_ = false;  // a thread is beginning what waits, and looks again before it stops
    bool closed_ = false;
    std::uint64_t arrivals_ = 0;
    /// The more urgent first, then in order of arrival.
    std::map<std::pair<int, std::uint64_t>, std::shared_ptr<Route>> waiting_;
};

/// One call on its way through the endpoints.
class ModelEndpoints::Route : public std::enable_shared_from_this<Route> {
public:
    Route(
        std::shared_ptr<Shared> shared,
        const std::vector<std::unique_ptr<Adapter>>& adapters,
        EngineCall call,
        CallOptions options,
        milliseconds timeout,
        Completion<EngineReply> done
    )
        : shared_(std::move(shared)),
          adapters_(adapters),
          call_(std::move(call)),
          items_(item_count(call_)),
          options_(std::move(options)),
          timeout_(timeout),
          done_(std::move(done)),
          tried_(adapters.size()) {}

    void start() {
        shared_->enter(shared_from_this());
        // May run at once; a call that has begun is cancelled by its adapter.
        on_cancel_.emplace(options_.cancel, Withdraw{weak_from_this()});
    }

    void begin() {
        const auto now = Clock::now();
        if (now - arrived_ > kNoticeableWait && options_.deadline - now < timeout_ / 2) {
            return finish(waited_too_long());
        }
        go_on();
    }

    void end_unbegun() { done_(Cancelled{}); }
    int priority() const noexcept { return call_.priority; }

private:
    struct Withdraw {
        std::weak_ptr<Route> route;
        void operator()() const {
            if (const auto waiting = route.lock();
                waiting && waiting->shared_->withdraw(*waiting)) {
                waiting->end_unbegun();
            }
        }
    };

    void go_on() {
        const auto choice = shared_->choose(tried_);
        if (const auto* none = std::get_if<Error>(&choice)) {
            return finish(last_error_ ? *last_error_ : *none);
        }
        const auto [endpoint, ask_first] = std::get<Shared::Choice>(choice);
        tried_[endpoint] = true;
        ask_first ? ask(endpoint) : send(endpoint);
    }

    void ask(std::size_t endpoint) {
        CallOptions options;
        options.deadline = std::min<Deadline>(options_.deadline, Clock::now() + kProbeTime);
        options.cancel = options_.cancel;
        adapters_[endpoint]->ready(
            options,
            [self = shared_from_this(), endpoint](Outcome<Ready> outcome) {
                self->on_ready(endpoint, std::move(outcome));
            }
        );
    }

    void on_ready(std::size_t endpoint, Outcome<Ready> outcome) {
        // What is wrong for good, such as a key, the call itself will tell.
        const auto* told = std::get_if<Error>(&outcome);
        const bool is_for_good = told != nullptr && told->error_class == ErrorClass::kFatal;
        if (std::holds_alternative<Ready>(outcome) || is_for_good) {
            shared_->is_ready(endpoint);
            return send(endpoint);
        }
        shared_->dropped(endpoint);
        if (std::holds_alternative<Cancelled>(outcome)) {
            return finish(Cancelled{});
        }
        auto& error = std::get<Error>(outcome);
        error.sent = false;  // The question was; the job's request was not.
        next_after(std::move(error));
    }

    void send(std::size_t endpoint) {
        const bool is_last = std::ranges::find(tried_, false) == tried_.end();
        CallOptions options = options_;
        options.deadline = std::min<Deadline>(options_.deadline, Clock::now() + timeout_);
        options.on_progress = [shared = shared_,
                               endpoint,
                               tell = options_.on_progress](const CallProgress& progress) {
            shared->progressed(endpoint);
            if (tell) {
                tell(progress);
            }
        };
        adapters_[endpoint]->call(
            is_last ? std::move(call_) : call_,
            std::move(options),
            [self = shared_from_this(), endpoint](Outcome<EngineReply> outcome) {
                self->on_outcome(endpoint, std::move(outcome));
            }
        );
    }

    void on_outcome(std::size_t endpoint, Outcome<EngineReply> outcome) {
        if (std::holds_alternative<EngineReply>(outcome)) {
            shared_->answered(endpoint);
        } else if (auto* error = std::get_if<Error>(&outcome)) {
            shared_->failed(endpoint, *error, items_);
            if (!error->sent && error->error_class == ErrorClass::kTransient) {
                return next_after(std::move(*error));
            }
        } else {
            shared_->dropped(endpoint);
        }
        finish(std::move(outcome));
    }

    void next_after(Error error) {
        last_error_ = std::move(error);
        go_on();
    }

    void finish(Outcome<EngineReply> outcome) {
        done_(std::move(outcome));
        shared_->leave();
    }

    Error waited_too_long() const {
        return {
            .error_class = ErrorClass::kTransient,
            .code = ErrorCode::kRateLimited,
            .message = "model '" + shared_->model() +
                       "': this worker has been at its max_concurrency of " +
                       std::to_string(shared_->max_concurrency()) +
                       " calls all the time; the job waits on. Raise it, or add workers",
        };
    }

    const std::shared_ptr<Shared> shared_;
    const std::vector<std::unique_ptr<Adapter>>& adapters_;
    EngineCall call_;
    const std::int64_t items_;
    const CallOptions options_;
    const milliseconds timeout_;
    const Clock::time_point arrived_ = Clock::now();
    Completion<EngineReply> done_;
    std::vector<bool> tried_;
    std::optional<Error> last_error_;
    std::optional<std::stop_callback<Withdraw>> on_cancel_;
};

// Room.

void ModelEndpoints::Shared::enter(const std::shared_ptr<Route>& route) {
    {
        const std::lock_guard lock(mutex_);
        waiting_.emplace(std::pair(route->priority(), ++arrivals_), route);
    }
    begin_waiting();
}

void ModelEndpoints::Shared::leave() {
    {
        const std::lock_guard lock(mutex_);
        --running_;
    }
    begin_waiting();
}

void ModelEndpoints::Shared::begin_waiting() {
    std::unique_lock lock(mutex_);
    if (beginning_) {
        return;
    }
    beginning_ = true;
    while (!closed_ && !waiting_.empty() && has_room()) {
        const std::shared_ptr<Route> route = waiting_.begin()->second;
        waiting_.erase(waiting_.begin());
        ++running_;
        lock.unlock();
        route->begin();
        lock.lock();
    }
    beginning_ = false;
}

bool ModelEndpoints::Shared::withdraw(const Route& route) {
    const std::lock_guard lock(mutex_);
    return std::erase_if(waiting_, [&](const auto& entry) {
               return entry.second.get() == &route;
           }) > 0;
}

std::vector<std::shared_ptr<ModelEndpoints::Route>> ModelEndpoints::Shared::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    std::vector<std::shared_ptr<Route>> left;
    for (auto& [key, route] : waiting_) {
        left.push_back(std::move(route));
    }
    waiting_.clear();
    return left;
}

// Endpoints.

std::variant<ModelEndpoints::Shared::Choice, Error> ModelEndpoints::Shared::choose(
    const std::vector<bool>& tried
) {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    std::vector<EndpointLoad> loads;
    for (std::size_t i = 0; i < endpoints_.size(); ++i) {
        const Endpoint& endpoint = endpoints_[i];
        loads.push_back(
            {.usable = !closed_ && !tried[i] && endpoint.breaker.lets_through(now),
             .stalled = endpoint.under_way > 0 && now - endpoint.last_progress > kStalled,
             .under_way = endpoint.under_way}
        );
    }
    const auto chosen = choose_endpoint(loads, rotation_++);
    if (!chosen) {
        return circuit_open(now);
    }
    Endpoint& endpoint = endpoints_[*chosen];
    const bool is_probe = endpoint.breaker.state(now) != Breaker::State::kClosed;
    endpoint.breaker.started(now);
    if (endpoint.under_way++ == 0) {
        endpoint.last_progress = now;
    }
    return Choice{.endpoint = *chosen, .ask_first = endpoint.is_suspect || is_probe};
}

Error ModelEndpoints::Shared::circuit_open(Clock::time_point now) const {
    std::optional<Clock::time_point> next;
    for (const Endpoint& endpoint : endpoints_) {
        const auto reopens = endpoint.breaker.reopens(now);
        next = reopens && (!next || *reopens < *next) ? reopens : next;
    }
    constexpr std::chrono::seconds kWhileProbed{1};
    const auto wait =
        next ? std::chrono::ceil<milliseconds>(*next - now) : milliseconds(kWhileProbed);
    return {
        .error_class = ErrorClass::kTransient,
        .code = ErrorCode::kCircuitOpen,
        .message = "model '" + model_ + "': calls to all of its endpoints (" +
                   std::to_string(endpoints_.size()) +
                   ") failed too often, so they get none for now; look at the engines' logs",
        .retry_after = std::max(wait, milliseconds{100}),
    };
}

ModelEndpoints::Shared::Endpoint& ModelEndpoints::Shared::settle(
    std::size_t endpoint, Clock::time_point now
) {
    Endpoint& settled = endpoints_[endpoint];
    --settled.under_way;
    settled.last_progress = now;
    return settled;
}

void ModelEndpoints::Shared::answered(std::size_t endpoint) {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    Endpoint& well = settle(endpoint, now);
    well.breaker.succeeded(now);
    well.is_suspect = false;
}

void ModelEndpoints::Shared::dropped(std::size_t endpoint) {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    settle(endpoint, now).breaker.dropped(now);
}

void ModelEndpoints::Shared::failed(std::size_t endpoint, const Error& error, std::int64_t items) {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    Endpoint& failing = settle(endpoint, now);
    failing.is_suspect = failing.is_suspect || is_suspect_after(error);
    is_endpoints_fault(error) ? failing.breaker.failed(now) : failing.breaker.dropped(now);
    if (error.replica_bad) {
        failing.breaker.trip(now);
    }
    if (error.error_class == ErrorClass::kOutOfMemory && !error.indivisible) {
        memory_.failed(items, error.batch_limit, now);
    }
}

void ModelEndpoints::Shared::progressed(std::size_t endpoint) {
    const std::lock_guard lock(mutex_);
    endpoints_[endpoint].last_progress = Clock::now();
}

void ModelEndpoints::Shared::is_ready(std::size_t endpoint) {
    const std::lock_guard lock(mutex_);
    endpoints_[endpoint].is_suspect = false;
}

// The endpoints as a whole.

ModelEndpoints::ModelEndpoints(const Model& model, std::vector<std::unique_ptr<Adapter>> adapters)
    : shared_(std::make_shared<Shared>(model)), adapters_(std::move(adapters)) {}

ModelEndpoints::~ModelEndpoints() {
    for (const auto& route : shared_->close()) {
        route->end_unbegun();
    }
}

void ModelEndpoints::call(
    EngineCall call, CallOptions options, milliseconds timeout, Completion<EngineReply> done
) {
    std::make_shared<Route>(
        shared_, adapters_, std::move(call), std::move(options), timeout, std::move(done)
    )
        ->start();
}

std::optional<std::int64_t> ModelEndpoints::batch_limit() const {
    return shared_->batch_limit();
}

}  // namespace inference
