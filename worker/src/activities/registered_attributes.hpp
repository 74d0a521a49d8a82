/// @file activities/registered_attributes.hpp
/// @brief Which search attributes of jobs the server knows.
#pragma once

#include "contracts/job_attribute.hpp"
#include "temporal/search_attributes.hpp"

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace inference {

/// Asks the server, and not again within a minute. An attribute that is not registered is left out and warned of, for a workflow
/// that sets it never gets past the task in which it does; so is one that is registered with another type.
///
/// Errors: where the server does not answer, what was known before stands, at first nothing; that is warned of as well.
/// Threads: any; while one asks, the others wait.
class RegisteredAttributes {
public:
    using Clock = std::chrono::steady_clock;
    using Ask = std::function<temporal::SearchAttributeTypes()>;
    using Warn = std::function<void(const std::string& message)>;

    RegisteredAttributes(Ask ask, Warn warn) : ask_(std::move(ask)), warn_(std::move(warn)) {}

    [[nodiscard]] std::vector<JobAttribute> get(Clock::time_point now);

private:
    void refresh();
    /// The same words are not said twice in a row.
    void warn_once(std::string message);

    const Ask ask_;
    const Warn warn_;
    std::mutex mutex_;
    std::optional<Clock::time_point> asked_at_;
    std::vector<JobAttribute> known_;
    std::string warned_;
};

}  // namespace inference
