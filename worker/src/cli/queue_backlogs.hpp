/// @file cli/queue_backlogs.hpp
/// @brief How much waits in the server for each queue, asked now and then.
#pragma once

#include "cli/log.hpp"
#include "contracts/priority.hpp"
#include "temporal/client.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace inference::cli {

/// Asks the server from the beginning on, and every 10 s.
///
/// Threads: any; it has one of its own.
/// Destroy: gives up what it waits for.
class QueueBacklogs {
public:
    static constexpr std::chrono::seconds kInterval{10};

    /// @param queues Those to ask about, each time.
    /// @param log Hears once when the server stops to answer.
    QueueBacklogs(
        temporal::Client client, std::function<std::vector<Priority>()> queues, const Log& log
    );

    /// Tasks of both kinds, by queue, as last heard. Empty where the server did not answer the last time.
    [[nodiscard]] std::map<std::string, std::int64_t> now() const;

private:
    void watch(const std::stop_token& stop);
    void ask(const std::stop_token& stop);

    const temporal::Client client_;
    const std::function<std::vector<Priority>()> queues_;
    const Log log_;

    mutable std::mutex mutex_;
    std::map<std::string, std::int64_t> backlogs_;
    bool has_failed_ = false;  // Of the thread only.
    std::jthread thread_;  // Last, so that it ends first.
};

}  // namespace inference::cli
