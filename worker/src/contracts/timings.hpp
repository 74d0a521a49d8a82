/// @file contracts/timings.hpp
/// @brief Where a job's time went.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <chrono>

namespace inference {

class FieldReader;

/// Each stage fills in its own and hands the rest on; the workflow fills in the total.
///
/// Wire: "preprocess_ms", "infer_ms", "ttft_ms", "postprocess_ms", "total_ms".
struct Timings {
    std::chrono::milliseconds preprocess{0};
    std::chrono::milliseconds infer{0};  ///< Of the engine call that was answered.
    std::chrono::milliseconds time_to_first_token{0};  ///< 0 where nothing was streamed.
    std::chrono::milliseconds postprocess{0};
    std::chrono::milliseconds total{0
    };  ///< From the workflow's start, so with all tries and waits.

    bool operator==(const Timings&) const = default;
};

void read_fields(FieldReader& fields, Timings& timings);
void to_json(nlohmann::json& json, const Timings& timings);
/// Errors: throws std::invalid_argument.
void from_json(const nlohmann::json& json, Timings& timings);

}  // namespace inference
