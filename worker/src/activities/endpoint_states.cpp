#include "activities/endpoint_states.hpp"

#include "resilience/choose_endpoint.hpp"

#include <algorithm>

namespace inference {
namespace {

using std::chrono::milliseconds;

/// Calls without a byte, an answer or a new call for so long are taken to stand still.
constexpr std::chrono::seconds kStalled{30};

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

EndpointStates::EndpointStates(const Model& model)
    : model_(model.name), endpoints_(model.endpoints.size(), Endpoint(model.breaker)) {}

std::variant<EndpointStates::Choice, Error> EndpointStates::choose(const std::vector<bool>& tried) {
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

Error EndpointStates::circuit_open(Clock::time_point now) const {
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

EndpointStates::Endpoint& EndpointStates::settle(std::size_t endpoint, Clock::time_point now) {
    Endpoint& settled = endpoints_[endpoint];
    --settled.under_way;
    settled.last_progress = now;
    return settled;
}

void EndpointStates::answered(std::size_t endpoint) {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    Endpoint& well = settle(endpoint, now);
    well.breaker.succeeded(now);
    well.is_suspect = false;
}

void EndpointStates::dropped(std::size_t endpoint) {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    settle(endpoint, now).breaker.dropped(now);
}

void EndpointStates::failed(std::size_t endpoint, const Error& error, std::int64_t items) {
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

void EndpointStates::progressed(std::size_t endpoint) {
    const std::lock_guard lock(mutex_);
    endpoints_[endpoint].last_progress = Clock::now();
}

void EndpointStates::is_ready(std::size_t endpoint) {
    const std::lock_guard lock(mutex_);
    endpoints_[endpoint].is_suspect = false;
}

void EndpointStates::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
}

std::vector<Breaker::State> EndpointStates::circuits() const {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    std::vector<Breaker::State> circuits;
    for (const Endpoint& endpoint : endpoints_) {
        circuits.push_back(endpoint.breaker.state(now));
    }
    return circuits;
}

std::optional<std::int64_t> EndpointStates::batch_limit() const {
    const std::lock_guard lock(mutex_);
    return memory_.limit(Clock::now());
}

}  // namespace inference
