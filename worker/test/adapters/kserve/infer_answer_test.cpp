#include "adapters/kserve/infer_answer.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace inference {
namespace {

using nlohmann::json;

kserve::ModelInferResponse answer(std::string datatype, std::vector<std::int64_t> shape) {
    kserve::ModelInferResponse result;
    result.set_model_name("digits");
    result.set_model_version("1");
    result.set_id("job-1");
    auto& output = *result.add_outputs();
    output.set_name("out");
    output.set_datatype(datatype);
    output.mutable_shape()->Add(shape.begin(), shape.end());
    return result;
}

json decoded(const kserve::ModelInferResponse& response) {
    return std::get<json>(decode_answer(response, {}));
}

std::optional<Defect> defect(
    const kserve::ModelInferResponse& response, const std::vector<std::string>& wanted = {}
) {
    const auto result = decode_answer(response, wanted);
    const auto* signal = std::get_if<Signal>(&result);
    return signal != nullptr ? std::optional(std::get<DefectSignal>(*signal).defect) : std::nullopt;
}

TEST(InferAnswer, HasRawContentsAsFlatLists) {
    auto response = answer("INT32", {2, 1});
    response.add_raw_output_contents(std::string("\1\0\0\0\2\0\0\0", 8));
    (*response.mutable_parameters())["sequence_end"].set_bool_param(true);
    (*response.mutable_outputs(0)->mutable_parameters())["scale"].set_double_param(0.5);

    EXPECT_EQ(
        decoded(response),
        json::parse(R"({"model_name":"digits","model_version":"1","id":"job-1",
        "parameters":{"sequence_end":true},
        "outputs":[{"name":"out","datatype":"INT32","shape":[2,1],"data":[1,2],"parameters":{"scale":0.5}}]})"
        )
    );
}

TEST(InferAnswer, HasTypedContentsToo) {
    auto integers = answer("UINT8", {2});
    integers.mutable_outputs(0)->mutable_contents()->add_uint_contents(7);
    integers.mutable_outputs(0)->mutable_contents()->add_uint_contents(8);
    auto floats = answer("FP32", {2});
    floats.mutable_outputs(0)->mutable_contents()->add_fp32_contents(0.5);
    floats.mutable_outputs(0)->mutable_contents()->add_fp32_contents(NAN);
    auto bytes = answer("BYTES", {2});
    bytes.mutable_outputs(0)->mutable_contents()->add_bytes_contents("text");
    bytes.mutable_outputs(0)->mutable_contents()->add_bytes_contents("\xff");

    EXPECT_EQ(decoded(integers)["outputs"][0]["data"], json({7, 8}));
    EXPECT_EQ(decoded(floats)["outputs"][0]["data"], json({0.5, "NaN"}));
    EXPECT_EQ(decoded(bytes)["outputs"][0]["data"], json::parse(R"(["text",{"b64":"/w=="}])"));
}

TEST(InferAnswer, ThatDoesNotMatchItsShapeIsADefect) {
    auto short_raw = answer("INT32", {2});
    short_raw.add_raw_output_contents("1234");
    const auto no_contents = answer("FP32", {2});
    const auto unknown_type = answer("COMPLEX", {0});
    const auto bad_shape = answer("FP32", {-1});

    for (const auto& response : {short_raw, no_contents, unknown_type, bad_shape}) {
        EXPECT_EQ(defect(response), Defect::kWrongSize);
    }
}

TEST(InferAnswer, WithoutAnOutputIsADefect) {
    EXPECT_EQ(defect(kserve::ModelInferResponse{}), Defect::kIncomplete);
    EXPECT_EQ(defect(answer("FP32", {0}), {"out", "other"}), Defect::kIncomplete);
    EXPECT_EQ(defect(answer("FP32", {0}), {"out"}), std::nullopt);
}

}  // namespace
}  // namespace inference
