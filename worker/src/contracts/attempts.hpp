/// @file contracts/attempts.hpp
/// @brief How often a job was tried, and what the tries before the last one failed of.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace inference {

class FieldReader;

/// Failures after which another try was made, by class.
///
/// Wire: {"Transient":1,"WorkerLost":2}, as in the status; a class without a failure is left out.
struct RetryCounts {
    int transient = 0;
    int timeout = 0;
    int oom = 0;
    int worker_lost = 0;

    bool operator==(const RetryCounts&) const = default;
};

/// Wire: {"infer":1,"transient":0,"timeout":0,"oom":0,"worker_lost":0}, as in the response.
struct Attempts {
    int infer = 0;  ///< The infer activities started.
    RetryCounts retries;

    bool operator==(const Attempts&) const = default;
};

void read_fields(FieldReader& fields, RetryCounts& retries);
void to_json(nlohmann::json& json, const RetryCounts& retries);
/// Errors: throws std::invalid_argument.
void from_json(const nlohmann::json& json, RetryCounts& retries);

void read_fields(FieldReader& fields, Attempts& attempts);
void to_json(nlohmann::json& json, const Attempts& attempts);
/// Errors: throws std::invalid_argument.
void from_json(const nlohmann::json& json, Attempts& attempts);

}  // namespace inference
