// Whatever JSON a client sends as a tensor's data, or as a request, is refused or comes back as it was encoded.
#include "adapters/kserve/infer_request.hpp"
#include "adapters/kserve/request_hints.hpp"
#include "adapters/kserve/tensor_codec.hpp"

#include <array>
#include <cstdlib>
#include <string>

namespace inference {
namespace {

using nlohmann::json;

constexpr std::array kTypes{
    DataType::kBool,
    DataType::kUint8,
    DataType::kUint16,
    DataType::kUint32,
    DataType::kUint64,
    DataType::kInt8,
    DataType::kInt16,
    DataType::kInt32,
    DataType::kInt64,
    DataType::kFp16,
    DataType::kFp32,
    DataType::kFp64,
    DataType::kBf16,
    DataType::kBytes,
};

/// Raw bytes that decode must encode to the same, but for the many forms of NaN and of true.
void check_raw(DataType type, std::size_t count, const std::string& raw) {
    const auto elements = decode_elements(type, count, raw);
    if (!elements) {
        return;
    }
    const auto again = encode_elements(type, count, *elements);
    if (!again || decode_elements(type, count, *again) != *elements) {
        std::abort();
    }
}

void check_json(DataType type, std::size_t count, const json& data) {
    const auto raw = encode_elements(type, count, data);
    if (!raw) {
        return;
    }
    const auto elements = decode_elements(type, count, *raw);
    if (!elements || encode_elements(type, count, *elements) != *raw) {
        std::abort();
    }
}

void check_request(const json& body) {
    ModelDescription model;
    model.inputs = {{.name = "x", .datatype = "FP32", .shape = {-1, 2}}};
    model.max_batch_size = 4;
    model.keeps_sequences = true;
    for (const ModelDescription& description : {ModelDescription{}, model}) {
        auto request = encode_request(body, description, "m");
        if (request && request->raw_input_contents_size() != request->inputs_size()) {
            std::abort();
        }
        if (request) {
            add_hints({}, description, "m", *request);
        }
    }
}

}  // namespace
}  // namespace inference

// The first byte is the type, the second how many elements are expected; the rest is raw bytes, and JSON where it is some.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace inference;
    if (size < 2) {
        return 0;
    }
    const DataType type = kTypes[data[0] % kTypes.size()];
    const std::size_t count = data[1];
    const std::string bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    check_raw(type, count, bytes);
    const json parsed = json::parse(bytes, nullptr, false);
    if (!parsed.is_discarded()) {
        check_json(type, count, parsed);
        check_request(parsed);
    }
    return 0;
}
