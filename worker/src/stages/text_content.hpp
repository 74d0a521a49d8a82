/// @file stages/text_content.hpp
/// @brief Checks the content of a request for a text engine.
#pragma once

#include "contracts/engine_call.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace inference {

/// Whether the input's content has the form that its task takes: lists are not empty and hold strings, messages have
/// roles, pairs match. What a model can make of it is left to the engine.
///
/// Range: any task but kTensors; the input is one that task_of() gave this task.
/// Returns: what is wrong with it, naming the field and quoting nothing; nullopt if all is well.
std::optional<std::string> check_text_content(Task task, const nlohmann::json& input);

/// How many texts a field holds that takes one or a list of them.
std::int64_t text_count(const nlohmann::json& text_or_texts);

}  // namespace inference
