/// @file contracts/batch_steps.hpp
/// @brief What travels between BatchWorkflow and its three activities.
#pragma once

#include "contracts/batch_request.hpp"
#include "contracts/error.hpp"
#include "contracts/job_attribute.hpp"
#include "contracts/job_status.hpp"
#include "contracts/token_usage.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace inference {

/// Where a batch has its items and puts its results: paths of a file system, or "s3://bucket/key", that all its workers reach.
struct BatchFiles {
    std::string job_id;
    std::string items;  ///< The lines.
    std::string index;  ///< Where in them each item begins.
    std::string refused;  ///< The numbers of those that failed already. Empty: there are none.
    std::string output;  ///< While the batch runs, OUTPUT.partial.
    std::string errors;

    bool operator==(const BatchFiles&) const = default;
};

/// What preprocess_batch found out: all that the workflow needs to know of the items.
struct BatchOutline {
    BatchFiles files;
    std::int64_t items = 0;
    std::string model;  ///< For people: the request's, else that of the first item.
    bool returns_results = false;  ///< Small results go into the response.
    std::chrono::milliseconds heartbeat_timeout{10'000};
    /// Events of one run after which it continues as new.
    std::int64_t history_limit = 8'000;
    std::vector<JobAttribute> search_attributes;  ///< Those that the workflow is to set.

    bool operator==(const BatchOutline&) const = default;
};

void to_json(nlohmann::json& json, const BatchOutline& outline);
/// Errors: throws std::invalid_argument.
void from_json(const nlohmann::json& json, BatchOutline& outline);

/// The items [first, first + count) to infer_batch.
struct ChunkTask {
    BatchFiles files;
    std::int64_t first = 0;
    std::int64_t count = 0;
    std::string model;  ///< Of the items that name none; may be empty.
    nlohmann::json parameters = nlohmann::json::object();
    Priority priority = Priority::kLow;
    bool stops_at_failure = false;  ///< The first item that fails ends the chunk.
    bool begun = false;  ///< An activity before this one did a part of it.

    bool operator==(const ChunkTask&) const = default;
};

void to_json(nlohmann::json& json, const ChunkTask& task);
/// Errors: throws std::invalid_argument.
void from_json(const nlohmann::json& json, ChunkTask& task);

/// What became of a chunk. Where items remain, another activity is to go on with them after `wait`.
struct ChunkReport {
    std::int64_t succeeded = 0;
    std::int64_t failed = 0;
    std::int64_t remaining = 0;
    std::chrono::milliseconds wait{0};
    TokenUsage usage;
    std::optional<Error> first_error;  ///< Of an item.

    bool operator==(const ChunkReport&) const = default;
};

void to_json(nlohmann::json& json, const ChunkReport& report);
/// Errors: throws std::invalid_argument.
void from_json(const nlohmann::json& json, ChunkReport& report);

/// What postprocess_batch is to put together.
struct BatchEnd {
    BatchFiles files;
    std::int64_t items = 0;
    bool returns_results = false;
    TokenUsage usage;

    bool operator==(const BatchEnd&) const = default;
};

void to_json(nlohmann::json& json, const BatchEnd& end);
/// Errors: throws std::invalid_argument.
void from_json(const nlohmann::json& json, BatchEnd& end);

/// How far a batch has come, for the run that goes on with it.
struct BatchState {
    BatchOutline outline;
    std::int64_t next = 0;  ///< The first item that is in no chunk yet.
    ItemCounts counts;
    TokenUsage usage;
    int chunks = 0;  ///< The infer_batch activities so far.
    bool paused = false;
    std::optional<Error> first_error;  ///< Of an item.

    bool operator==(const BatchState&) const = default;
};

void to_json(nlohmann::json& json, const BatchState& state);
/// Errors: throws std::invalid_argument.
void from_json(const nlohmann::json& json, BatchState& state);

}  // namespace inference
