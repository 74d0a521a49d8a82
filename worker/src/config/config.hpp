/// @file config/config.hpp
/// @brief The worker's configuration as plain data, with every default.
#pragma once

#include "contracts/local_steps.hpp"
#include "contracts/priority.hpp"
#include "registry/model.hpp"

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace inference {

inline constexpr char kDefaultTemporalAddress[] = "127.0.0.1:7233";
inline constexpr char kDefaultTemporalNamespace[] = "default";

/// Absent: not in the file. Then a temporal.toml profile may decide, and last the defaults above.
struct TemporalConfig {
    std::optional<std::string> address;  ///< "host:port".
    std::optional<std::string> temporal_namespace;

    bool operator==(const TemporalConfig&) const = default;
};

struct WorkerConfig {
    std::vector<Priority> serve{kPriorities.begin(), kPriorities.end()};  ///< Not empty, each once.
    /// Of every priority, also those not served. Only their ratio counts.
    std::map<Priority, int> shares{
        {Priority::kHigh, 50}, {Priority::kNormal, 35}, {Priority::kLow, 15}
    };
    bool strict_shares = false;  ///< What a queue leaves idle is not lent to the others.
    int max_concurrent_activities = 10;  ///< Of the process, with all its queues.
    int max_concurrent_workflow_tasks = 100;  ///< Of the process, with all its queues.
    std::chrono::milliseconds heartbeat_timeout{10'000};
    int batch_history_events = 8'000;  ///< Of a batch's run; then it continues as new.
    std::chrono::milliseconds drain_grace{30'000};
    std::chrono::milliseconds sticky_timeout{3'000};

    bool operator==(const WorkerConfig&) const = default;
};

/// The object store. What is absent comes from the environment, as every S3 client reads it: AWS_ENDPOINT_URL_S3,
/// AWS_ENDPOINT_URL, AWS_REGION; the keys always do: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN.
struct S3Config {
    std::string endpoint;  ///< "https://minio:9000". Empty everywhere: that of AWS.
    std::string region;
    std::optional<bool> path_style;  ///< Absent: for every endpoint but that of AWS.
    std::filesystem::path ca_file;

    bool operator==(const S3Config&) const = default;
};

/// All paths are resolved: relative ones count from the configuration file.
struct FilesConfig {
    std::vector<std::filesystem::path>
        roots;  ///< What file:// may name. Default: the configuration's folder.
    std::filesystem::path
        dir;  ///< Where results go that no output_ref names. Default: jobs-data in it.
    std::vector<std::string> bucket_roots;  ///< What s3:// may name: "s3://bucket/prefix".
    std::string bucket_dir;  ///< Stands in for `dir` unless it is empty.
    S3Config s3;

    [[nodiscard]] bool has_objects() const { return !bucket_roots.empty() || !bucket_dir.empty(); }

    bool operator==(const FilesConfig&) const = default;
};

struct JobsConfig {
    std::string
        store;  ///< "sqlite:FILE", resolved, "postgresql://..." or "none". Default: sqlite:jobs.db.
    bool search_attributes = false;  ///< Workflows set those that are registered.

    bool operator==(const JobsConfig&) const = default;
};

/// Where watchers read what jobs tell while they run.
struct EventsConfig {
    std::string
        channel;  ///< "file:DIR", resolved, "redis://...", or "none". Default: file: `events` in files.dir.

    bool operator==(const EventsConfig&) const = default;
};

struct AdminConfig {
    std::optional<std::string>
        listen;  ///< "host:port"; absent: no admin server. Port 0: any free one.

    bool operator==(const AdminConfig&) const = default;
};

struct TelemetryConfig {
    /// "http(s)://host[:port][/path]" of a collector; spans go to its /v1/traces. Absent: nobody traces.
    std::optional<std::string> otlp_endpoint;

    bool operator==(const TelemetryConfig&) const = default;
};

struct Config {
    TemporalConfig temporal;
    WorkerConfig worker;
    LocalSteps local_steps;
    std::vector<Model> models;  ///< In the file's order.
    FilesConfig files;
    JobsConfig jobs;
    EventsConfig events;
    AdminConfig admin;
    TelemetryConfig telemetry;
};

/// The channel of a configuration that names none.
std::string default_channel(const FilesConfig& files);

/// The configuration of an empty file in this folder.
Config default_config(const std::filesystem::path& folder);

}  // namespace inference
