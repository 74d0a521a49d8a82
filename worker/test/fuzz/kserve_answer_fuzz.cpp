// Whatever a server answers, over gRPC, in a stream or over HTTP, is an answer whose data match its shapes, or a fault.
#include "adapters/kserve/decoupled_answer.hpp"
#include "adapters/kserve/infer_answer.hpp"
#include "adapters/kserve/json_description.hpp"
#include "adapters/kserve/json_tensors.hpp"
#include "contracts/tensor.hpp"

#include <google/protobuf/stubs/logging.h>

#include <cstdlib>
#include <string>

namespace inference {
namespace {

using nlohmann::json;

void check(const json& body) {
    for (const json& output : body.at("outputs")) {
        const auto shape = output.at("shape").get<std::vector<std::int64_t>>();
        if (element_count(shape) != output.at("data").size()) {
            std::abort();
        }
    }
    if (body.dump(-1, ' ', false, json::error_handler_t::replace).empty()) {
        std::abort();
    }
}

void read_message(const std::string& bytes) {
    kserve::ModelInferResponse answer;
    if (!answer.ParseFromString(bytes)) {
        return;
    }
    const auto decoded = decode_answer(answer, {"out"});
    if (const auto* body = std::get_if<json>(&decoded)) {
        check(*body);
    }
}

// The same response again and again, as a model that repeats itself would send it.
void read_stream(const std::string& bytes) {
    kserve::ModelStreamInferResponse response;
    if (!response.ParseFromString(bytes)) {
        return;
    }
    DecoupledAnswer answer({"out"});
    for (int i = 0; i < 3; ++i) {
        const auto decision = answer.add(response);
        if (!decision) {
            continue;
        }
        if (const auto* body = std::get_if<json>(&*decision)) {
            check(*body);
        }
        return;
    }
}

void read_http(const std::string& bytes) {
    HttpAnswer answer;
    answer.status = 200;
    answer.body = bytes;
    const auto read = read_json_answer(std::move(answer), {}, {});
    if (const auto* body = std::get_if<json>(&read)) {
        check(*body);
    }
    const json description = json::parse(bytes, nullptr, false);
    if (!description.is_discarded()) {
        describe(description, &description);
    }
}

}  // namespace
}  // namespace inference

// Else protobuf prints a line for every name that is no UTF-8.
extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
    google::protobuf::SetLogHandler(nullptr);
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    inference::read_message(bytes);
    inference::read_stream(bytes);
    inference::read_http(bytes);
    return 0;
}
