/// @file digits/run.hpp
/// @brief Many jobs through Temporal, some at a time.
#pragma once

#include "image.hpp"
#include "temporal/client.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace digits {

struct RunOptions {
    std::string model = "digits";
    std::string task_queue = "inference-normal";
    std::string
        id_prefix;  ///< Of the workflow ids, so that a run does not find the jobs of an earlier one.
    std::size_t in_flight = 20;
};

struct Summary {
    std::size_t right = 0;
    std::size_t wrong = 0;
    std::vector<std::string> failures;  ///< What jobs failed with.
    std::chrono::duration<double> elapsed{0};
    std::vector<std::chrono::duration<double>>
        latencies;  ///< Sorted; of each job, from start to result.

    [[nodiscard]] std::size_t total() const noexcept { return right + wrong + failures.size(); }
};

/// Runs every image as one job. `on_done` is called after each, from several threads but one at a time.
Summary run(
    const temporal::Client& client,
    const std::vector<Image>& images,
    const RunOptions& options,
    const std::function<void(const Summary&)>& on_done
);

}  // namespace digits
