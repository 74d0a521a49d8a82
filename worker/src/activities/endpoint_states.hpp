/// @file activities/endpoint_states.hpp
/// @brief What is known of a model's endpoints from the calls that they have had.
#pragma once

#include "contracts/error.hpp"
#include "registry/model.hpp"
#include "resilience/batch_memory.hpp"
#include "resilience/breaker.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace inference {

/// The shell around the pure machines: it has the clock and the lock.
///
/// Every endpoint that choose() gave is given back by exactly one of answered(), dropped() and failed().
/// Threads: any.
class EndpointStates {
public:
    explicit EndpointStates(const Model& model);

    struct Choice {
        std::size_t endpoint;
        bool ask_first;  ///< Whether it is ready.
    };
    /// The next endpoint for a call that was not at those yet. Errors: unsent CIRCUIT_OPEN where none takes a call.
    std::variant<Choice, Error> choose(const std::vector<bool>& tried);
    /// From now on none is chosen.
    void close();

    void answered(std::size_t endpoint);
    /// The call says nothing about the endpoint.
    void dropped(std::size_t endpoint);
    void failed(std::size_t endpoint, const Error& error, std::int64_t items);
    void progressed(std::size_t endpoint);
    void is_ready(std::size_t endpoint);

    /// In the order of the endpoints.
    [[nodiscard]] std::vector<Breaker::State> circuits() const;

    /// nullopt: no limit is known.
    [[nodiscard]] std::optional<std::int64_t> batch_limit() const;

private:
    using Clock = std::chrono::steady_clock;

    struct Endpoint {
        explicit Endpoint(const BreakerOptions& options) : breaker(options) {}

        Breaker breaker;
        int under_way = 0;
        Clock::time_point last_progress;
        bool is_suspect = false;  // the next call shall first hear that it is ready
    };

    Endpoint& settle(std::size_t endpoint, Clock::time_point now);
    Error circuit_open(Clock::time_point now) const;

    const std::string model_;

    mutable std::mutex mutex_;
    std::vector<Endpoint> endpoints_;
    BatchMemory memory_;
    std::size_t rotation_ = 0;
    bool closed_ = false;
};

}  // namespace inference
