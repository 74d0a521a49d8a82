/// @file telemetry/otlp_exporter.hpp
/// @brief Sends spans to a collector, and drops them rather than keep anybody waiting.
#pragma once

#include "telemetry/span.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace inference {

struct OtlpOptions {
    std::string endpoint;  ///< "http://host:4318"; spans go to its /v1/traces.
    std::string instance;  ///< Which of the workers this is.
    std::size_t capacity = 4096;  ///< Spans that wait; what comes when it is full is dropped.
    std::chrono::milliseconds interval{500};  ///< How long spans are gathered for one request.
    std::chrono::milliseconds patience{2000};  ///< Of one request.
};

/// Threads: any; it has one of its own.
/// Errors:  what the collector refuses, or does not take in time, is dropped and counted; nothing is sent twice.
/// Destroy: sends what waits, for at most twice the patience.
class OtlpExporter {
public:
    /// @param warn Hears once when the collector begins to fail. Called on the exporter's thread.
    OtlpExporter(OtlpOptions options, std::function<void(const std::string&)> warn);
    ~OtlpExporter();
    OtlpExporter(const OtlpExporter&) = delete;
    OtlpExporter& operator=(const OtlpExporter&) = delete;

    /// Never waits.
    void add(Span span);

    [[nodiscard]] std::uint64_t sent() const;
    [[nodiscard]] std::uint64_t dropped() const;

private:
    class Connection;

    void run(const std::stop_token& stop);
    /// Gathers for an interval; empty only once it is to stop.
    std::vector<Span> take(const std::stop_token& stop);
    void send(const std::vector<Span>& spans);

    const OtlpOptions options_;
    const std::function<void(const std::string&)> warn_;

    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::vector<Span> waiting_;
    std::uint64_t sent_ = 0;
    std::uint64_t dropped_ = 0;
    // Of the thread only.
    std::unique_ptr<Connection> connection_;
    bool has_failed_ = false;
    std::jthread thread_;  // Last, so that it ends first.
};

}  // namespace inference
