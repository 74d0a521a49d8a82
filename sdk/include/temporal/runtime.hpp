/// @file temporal/runtime.hpp
/// @brief The threads, the log and the metrics of Temporal's core, shared by clients and workers.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace temporal {

namespace bridge {
class Runtime;
}

enum class LogLevel { kTrace, kDebug, kInfo, kWarn, kError };

/// One line of core's log.
struct LogRecord {
    LogLevel level = LogLevel::kInfo;
    std::chrono::system_clock::time_point time;
    std::string target;  ///< The part of core that speaks, such as "temporalio_sdk_core::worker".
    std::string message;
    std::string fields_json;  ///< A JSON object; "{}" where there are no fields.
};

/// Receives core's log.
///
/// Threads: called from any of core's threads and from several at once, also inside calls of this
///          SDK. It must not block for long and must not call the SDK. What it throws is dropped.
using LogSink = std::function<void(const LogRecord&)>;

struct RuntimeOptions {
    /// Core's own threads; at least 1. User code never runs on them.
    std::size_t worker_threads = 2;
    /// What reaches the sink: a level for all, then one for each part that differs:
    /// "warn,temporalio_client=debug".
    std::string log_filter = "warn";
    LogSink log_sink;  ///< Empty: core's log is dropped.
    /// IP:PORT on which `GET /metrics` serves core's metrics for Prometheus; port 0 takes a free
    /// one. Empty: none.
    std::string metrics_address;
    /// How often workers tell the server that they live; 0: never.
    std::chrono::milliseconds worker_heartbeat_interval = std::chrono::minutes{1};
};

/// A handle; copies share the runtime, which lives until the last of them and the last client and
/// worker made with it.
///
/// Threads: use from any thread. Destroying the last handle waits for core's threads to end.
/// Errors:  the constructor throws Error where an option is wrong or the metrics address is taken.
/// @code
///   temporal::Runtime runtime({.log_filter = "warn", .log_sink = write_to_our_log});
///   const auto options = temporal::ConnectOptions::from_environment();
///   auto client = temporal::Client::connect(options, runtime);
/// @endcode
class Runtime {
public:
    explicit Runtime(const RuntimeOptions& options = {});

    /// Where the metrics are served, such as "127.0.0.1:9464"; empty without metrics.
    [[nodiscard]] const std::string& metrics_address() const noexcept;

    /// For the SDK's own use.
    [[nodiscard]] const std::shared_ptr<bridge::Runtime>& bridge() const noexcept {
        return bridge_;
    }

private:
    std::shared_ptr<bridge::Runtime> bridge_;
};

}  // namespace temporal
