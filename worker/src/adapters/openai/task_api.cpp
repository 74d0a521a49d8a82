#include "adapters/openai/task_api.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace inference {
namespace {

using nlohmann::json;

constexpr std::array<TaskApi, 7> kApis{{
    {Task::kChat, "/chat/completions", false, "choices", "", true},
    {Task::kCompletion, "/completions", false, "choices", "prompt", true},
    {Task::kEmbed, "/embeddings", false, "data", "input", false},
    {Task::kScore, "/score", false, "data", "text_2", false},
    {Task::kRerank, "/rerank", false, "results", "documents", false},
    {Task::kClassify, "/classify", true, "data", "input", false},
    {Task::kPooling, "/pooling", true, "data", "input", false},
}};

// A text, or a list of token ids, is one input; a list of either is as many as it has.
std::size_t inputs_in(const json& value) {
    const bool is_list = value.is_array() && !value.empty() && !value.front().is_number();
    return is_list ? value.size() : 1;
}

std::size_t choices_for_each(const json& request) {
    const auto n = request.find("n");
    return n != request.end() && n->is_number_integer() && *n > 0 ? n->get<std::size_t>() : 1;
}

}  // namespace

const TaskApi* find_task_api(Task task) noexcept {
    const auto found = std::ranges::find(kApis, task, &TaskApi::task);
    return found == kApis.end() ? nullptr : &*found;
}

std::optional<std::size_t> expected_results(const TaskApi& api, const json& request) {
    if (request.contains("top_n")) {  // the best of the documents, as many as the engine finds
        return std::nullopt;
    }
    const auto inputs = request.find(std::string(api.inputs));
    const std::size_t count = inputs == request.end() ? 1 : inputs_in(*inputs);
    return api.generates ? count * choices_for_each(request) : count;
}

}  // namespace inference
