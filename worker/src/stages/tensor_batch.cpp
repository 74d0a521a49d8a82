#include "stages/tensor_batch.hpp"

#include "contracts/error.hpp"
#include "contracts/fnv_hash.hpp"
#include "contracts/json_field.hpp"

#include <cstddef>
#include <iterator>
#include <string>
#include <utility>

namespace inference {
namespace {

using Json = nlohmann::json;

bool has_one_row(const Json& tensor) {
    const Json* shape = field(tensor, "shape");
    const Json* data = field(tensor, "data");
    return shape != nullptr && shape->is_array() && !shape->empty() && shape->front() == 1 &&
           data != nullptr && data->is_array();
}

Error misfit(std::int64_t count) {
    return {
        .error_class = ErrorClass::kFatal,
        .code = ErrorCode::kEngine5xx,
        .message = "the engine was sent " + std::to_string(count) +
                   " items as one batch, and an output has another number of rows; set max_batch: "
                   "1 for a model that has no batches",
        .sent = true
    };
}

/// One row of an output that has `count`.
Json row_of(const Json& output, std::int64_t row, std::int64_t count) {
    Json cut = Json::object();
    for (const auto& [key, value] : output.items()) {
        if (key != "data") {
            cut[key] = value;
        }
    }
    const Json& data = output.at("data");
    const auto size = std::ssize(data) / count;
    const auto begin = data.begin() + row * size;
    cut["data"] = Json::array_t(begin, begin + size);
    cut["shape"][0] = 1;
    return cut;
}

bool has_rows(const Json& output, std::int64_t count) {
    const Json* shape = field(output, "shape");
    const Json* data = field(output, "data");
    return shape != nullptr && shape->is_array() && !shape->empty() && shape->front() == count &&
           data != nullptr && data->is_array() && std::ssize(*data) % count == 0;
}

}  // namespace

std::uint64_t tensor_kind(const EngineCall& call) {
    const Json* inputs = field(call.body, "inputs");
    if (call.task != Task::kTensors || inputs == nullptr || !inputs->is_array()) {
        return 0;
    }
    std::string likeness = call.model;
    for (const auto& [key, value] : call.body.items()) {
        if (key != "inputs") {
            likeness += key + value.dump(-1, ' ', false, Json::error_handler_t::replace);
        }
    }
    for (const Json& input : *inputs) {
        if (!has_one_row(input)) {
            return 0;
        }
        for (const char* const key : {"name", "datatype", "shape", "parameters"}) {
            const Json* const value = field(input, key);
            likeness += value == nullptr
                            ? "-"
                            : value->dump(-1, ' ', false, Json::error_handler_t::replace);
        }
    }
    const std::uint64_t kind = fnv_hash(likeness);
    return kind == 0 ? 1 : kind;
}

EngineCall merge_tensors(const std::vector<const EngineCall*>& calls) {
    EngineCall merged = *calls.front();
    Json& inputs = merged.body["inputs"];
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        inputs[i]["shape"][0] = std::ssize(calls);
        Json& data = inputs[i]["data"];
        for (std::size_t call = 1; call < calls.size(); ++call) {
            const Json& more = calls[call]->body["inputs"][i]["data"];
            data.insert(data.end(), more.begin(), more.end());
        }
    }
    return merged;
}

Result<std::vector<Json>> split_tensors(Json body, std::int64_t count) {
    std::vector<Json> parts(static_cast<std::size_t>(count));
    const Json outputs = std::move(body["outputs"]);
    body.erase("outputs");
    for (std::int64_t row = 0; row < count; ++row) {
        Json& part = parts[static_cast<std::size_t>(row)];
        part = body;
        part["outputs"] = Json::array();
        for (const Json& output : outputs) {
            if (!has_rows(output, count)) {
                return tl::unexpected(misfit(count));
            }
            part["outputs"].push_back(row_of(output, row, count));
        }
    }
    return parts;
}

}  // namespace inference
