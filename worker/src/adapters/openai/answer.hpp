/// @file adapters/openai/answer.hpp
/// @brief Reads an engine's answer and believes nothing: a 200 may hide an error, an aborted job or a proxy's page.
#pragma once

#include "adapters/classify/signal.hpp"
#include "adapters/http/http_message.hpp"
#include "adapters/openai/task_api.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <optional>
#include <variant>

namespace inference {

/// What is wrong with a body that is JSON and no error; nullopt: it has all that the task's API promises.
///
/// Range: `expected` as of expected_results().
std::optional<Signal> find_defect(
    const TaskApi& api, std::optional<std::size_t> expected, const nlohmann::json& body
);

/// The body, complete and of the form that the task's API promises, or what is wrong with it.
///
/// Range: `expected` as of expected_results(). `now` is for a Retry-After that is a date.
std::variant<nlohmann::json, Signal> read_answer(
    const TaskApi& api,
    std::optional<std::size_t> expected,
    HttpAnswer answer,
    std::chrono::system_clock::time_point now
);

}  // namespace inference
