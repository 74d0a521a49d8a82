/// @file adapters/openai/task_api.hpp
/// @brief Where each task is served by OpenAI-like engines, and what its answer holds.
#pragma once

#include "contracts/engine_call.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace inference {

struct TaskApi {
    Task task;
    std::string_view path;
    bool at_root;  ///< Beside the versioned base ("/v1"), not below it.
    std::string_view results;  ///< The member of the answer that lists the results.
    std::string_view
        inputs;  ///< The member of the request that decides how many there are; empty: one.
    bool generates;  ///< Results are choices: `n` for each input, with a finish_reason.
};

/// nullptr where the protocol has no such task.
const TaskApi* find_task_api(Task task) noexcept;

/// How many results the answer to this request must have; nullopt where the request does not fix it.
std::optional<std::size_t> expected_results(const TaskApi& api, const nlohmann::json& request);

}  // namespace inference
