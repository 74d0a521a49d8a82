/// @file stages/input_task.hpp
/// @brief What kind of work a request's `input` asks for.
#pragma once

#include "contracts/engine_call.hpp"
#include "contracts/result.hpp"

#include <nlohmann/json_fwd.hpp>

namespace inference {

/// The task of an input, by the one kind of content it holds. The content itself is not looked at.
///
/// Errors: Fatal VALIDATION if it holds none, several or half of one, or a `ref`, which is to be resolved before.
/// @code
///   task_of({{"texts", {"a", "b"}}, {"task", "classify"}})   // Task::kClassify
/// @endcode
Result<Task> task_of(const nlohmann::json& input);

}  // namespace inference
