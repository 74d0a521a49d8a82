#include "stages/call_batch.hpp"

#include "stages/tensor_batch.hpp"
#include "stages/text_batch.hpp"

#include <iterator>
#include <utility>

namespace inference {
namespace {

std::vector<std::int64_t> texts_of(const std::vector<const EngineCall*>& calls) {
    std::vector<std::int64_t> counts;
    for (const EngineCall* const call : calls) {
        counts.push_back(count_texts(*call));
    }
    return counts;
}

}  // namespace

std::uint64_t batch_kind(const EngineCall& call) {
    return call.task == Task::kTensors ? tensor_kind(call) : text_kind(call);
}

EngineCall merge_calls(const std::vector<const EngineCall*>& calls) {
    if (calls.size() == 1) {
        return *calls.front();
    }
    return calls.front()->task == Task::kTensors ? merge_tensors(calls) : merge_texts(calls);
}

ReplyShape merged_shape(ReplyShape shape, const std::vector<const EngineCall*>& calls) {
    if (calls.size() > 1 && shape.task != Task::kTensors) {
        shape.answers = 0;
        for (const std::int64_t texts : texts_of(calls)) {
            shape.answers += texts;
        }
    }
    return shape;
}

Result<std::vector<nlohmann::json>> split_reply(
    nlohmann::json body, const std::vector<const EngineCall*>& calls
) {
    if (calls.size() == 1) {
        return std::vector<nlohmann::json>{std::move(body)};
    }
    return calls.front()->task == Task::kTensors ? split_tensors(std::move(body), std::ssize(calls))
                                                 : split_texts(std::move(body), texts_of(calls));
}

}  // namespace inference
