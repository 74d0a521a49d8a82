#include "adapters/kserve/json_tensors.hpp"

#include "adapters/kserve/infer_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inference {
namespace {

using nlohmann::json;
using testing::HasSubstr;

kserve::ModelInferRequest request_of(const std::string& datatype, json data) {
    const json shape{data.size()};
    const json body{
        {"inputs",
         {{{"name", "x"}, {"shape", shape}, {"datatype", datatype}, {"data", std::move(data)}}}}
    };
    return encode_request(body, {}, "m").value();
}

json written(const std::string& datatype, json data) {
    const auto body = write_json_request(request_of(datatype, std::move(data)), "m", "job-1");
    return body ? json::parse(*body)["inputs"][0]["data"] : json(body.error().message);
}

HttpAnswer answer(std::string body, int status = 200, std::string type = "application/json") {
    HttpAnswer result;
    result.status = status;
    result.headers = {{"content-type", std::move(type)}};
    result.body = std::move(body);
    return result;
}

std::variant<json, Signal> read(HttpAnswer http, std::vector<std::string> wanted = {}) {
    return read_json_answer(std::move(http), wanted, {});
}

json outputs_of(const std::string& body) {
    const auto result = read(answer(body));
    return std::holds_alternative<json>(result) ? std::get<json>(result)["outputs"] : json();
}

DefectSignal defect_of(HttpAnswer http, std::vector<std::string> wanted = {}) {
    const auto result = read(std::move(http), std::move(wanted));
    const auto* signal = std::get_if<Signal>(&result);
    const auto* defect = signal == nullptr ? nullptr : std::get_if<DefectSignal>(signal);
    EXPECT_NE(defect, nullptr) << "no defect";
    return defect == nullptr ? DefectSignal{} : *defect;
}

std::string output(const std::string& datatype, const std::string& shape, const std::string& data) {
    return R"({"outputs":[{"name":"y","datatype":")" + datatype + R"(","shape":)" + shape +
           R"(,"data":)" + data + "}]}";
}

TEST(JsonTensors, WriteElementsOfEveryTypeThatJsonHas) {
    EXPECT_EQ(written("BOOL", {true, 0}), json({true, false}));
    EXPECT_EQ(written("INT8", {-128, 127}), json({-128, 127}));
    EXPECT_EQ(written("INT16", {-32768}), json({-32768}));
    EXPECT_EQ(written("INT32", {INT32_MIN}), json({INT32_MIN}));
    EXPECT_EQ(written("INT64", {INT64_MIN}), json({INT64_MIN}));
    EXPECT_EQ(written("UINT8", {255}), json({255}));
    EXPECT_EQ(written("UINT16", {65535}), json({65535}));
    EXPECT_EQ(written("UINT32", {UINT32_MAX}), json({UINT32_MAX}));
    EXPECT_EQ(written("UINT64", {UINT64_MAX}), json({UINT64_MAX}));
    EXPECT_EQ(written("FP32", {0.5}), json({0.5}));
    EXPECT_EQ(written("FP64", {0.1}), json({0.1}));
    EXPECT_EQ(written("BYTES", {"grüße", {{"b64", "aGk="}}}), json({"grüße", "hi"}));
}

TEST(JsonTensors, RefuseElementsThatJsonCannotSayAndNameTheGrpcPort) {
    EXPECT_THAT(
        written("BYTES", {"a", {{"b64", "/wA="}}}).get<std::string>(),
        HasSubstr("tensor 'x' has at index 1 bytes that are no text")
    );
    EXPECT_THAT(
        written("FP32", {"NaN"}).get<std::string>(),
        HasSubstr("has at index 0 a number that is not finite")
    );
    const Error error = write_json_request(request_of("FP64", {"-Infinity"}), "m", "").error();
    EXPECT_EQ(error.error_class, ErrorClass::kFatal);
    EXPECT_EQ(error.code, ErrorCode::kUnsupported);
    EXPECT_THAT(error.message, HasSubstr("gRPC port"));
}

TEST(JsonTensors, CarryIdParametersAndWantedOutputs) {
    const json body{
        {"inputs",
         {{{"name", "x"},
           {"shape", {1}},
           {"datatype", "INT8"},
           {"data", {1}},
           {"parameters", {{"p", "q"}}}}}},
        {"outputs", {{{"name", "y"}}}},
        {"parameters", {{"priority", 2}, {"sequence_start", true}, {"t", 0.5}}}
    };

    const auto text = write_json_request(encode_request(body, {}, "m").value(), "m", "job-1");

    EXPECT_EQ(json::parse(*text), json::parse(R"({"id":"job-1",
        "inputs":[{"name":"x","shape":[1],"datatype":"INT8","data":[1],"parameters":{"p":"q"}}],
        "outputs":[{"name":"y"}],"parameters":{"priority":2,"sequence_start":true,"t":0.5}})"));
}

TEST(JsonTensors, HaveNoFormForSixteenBitFloats) {
    ModelDescription model;
    model.outputs = {
        {.name = "y", .datatype = "BF16", .shape = {1}},
        {.name = "z", .datatype = "FP32", .shape = {1}}
    };
    kserve::ModelInferRequest wants_other = request_of("FP32", {1});
    wants_other.add_outputs()->set_name("z");

    const auto input = http_obstacle(request_of("FP16", {1}), {}, "m");
    const auto any_output = http_obstacle(request_of("FP32", {1}), model, "m");

    ASSERT_TRUE(input);
    EXPECT_EQ(input->code, ErrorCode::kUnsupported);
    EXPECT_THAT(input->message, HasSubstr("tensor 'x' has 16-bit floats"));
    ASSERT_TRUE(any_output);
    EXPECT_THAT(any_output->message, HasSubstr("tensor 'y'"));
    EXPECT_FALSE(http_obstacle(wants_other, model, "m"));
}

TEST(JsonTensors, CannotCarryAStream) {
    ModelDescription model;
    model.is_decoupled = true;

    const auto problem = http_obstacle(request_of("FP32", {1}), model, "m");

    ASSERT_TRUE(problem);
    EXPECT_EQ(problem->error_class, ErrorClass::kFatal);
    EXPECT_EQ(problem->code, ErrorCode::kUnsupported);
    EXPECT_THAT(problem->message, HasSubstr("model 'm': it streams its answers (decoupled)"));
    EXPECT_THAT(problem->message, HasSubstr("gRPC port"));
}

TEST(JsonTensors, ReadAnswersIntoTheFormThatGrpcAnswersHave) {
    EXPECT_EQ(
        outputs_of(output("INT32", "[2,1]", "[[1],[2]]")),
        json::parse(R"([{"name":"y","datatype":"INT32","shape":[2,1],"data":[1,2]}])")
    );
    EXPECT_EQ(outputs_of(output("BOOL", "[2]", "[true,0]"))[0]["data"], json({true, false}));
    EXPECT_EQ(outputs_of(output("BYTES", "[1]", R"(["é"])"))[0]["data"], json({"é"}));
    EXPECT_EQ(outputs_of(output("FP32", "[]", "[1]"))[0]["data"], json({1.0}));
}

TEST(JsonTensors, ThatDoNotMatchTheirShapeAreADefect) {
    for (const auto& body :
         {output("INT32", "[2]", "[1]"),
          output("INT8", "[1]", "[300]"),
          output("FP32", "[1]", "[null]"),
          output("FP32", "[-1]", "[]"),
          output("FP32", "7", "[]"),
          output("COMPLEX", "[0]", "[]"),
          std::string(R"({"outputs":[{"name":"y","datatype":"FP32","shape":[1]}]})")}) {
        EXPECT_EQ(defect_of(answer(body)).defect, Defect::kWrongSize) << body;
    }
}

TEST(JsonTensors, WithoutAnOutputAreADefect) {
    EXPECT_EQ(defect_of(answer("{}")).defect, Defect::kIncomplete);
    EXPECT_EQ(defect_of(answer(R"({"outputs":[]})")).defect, Defect::kIncomplete);
    EXPECT_EQ(defect_of(answer(R"({"outputs":[{}]})")).defect, Defect::kIncomplete);
    EXPECT_EQ(
        defect_of(answer(output("FP32", "[0]", "[]")), {"y", "z"}).detail,
        "output 'z', which was asked for"
    );
}

TEST(JsonTensors, BelieveNoAnswerThatIsNone) {
    EXPECT_EQ(defect_of(answer("<html>", 200, "text/html")).defect, Defect::kContentType);
    EXPECT_EQ(defect_of(answer("{")).defect, Defect::kMalformed);
    EXPECT_EQ(defect_of(answer("null")).defect, Defect::kNull);
    const auto in_band = read(answer(R"({"error":"CUDA out of memory"})"));
    EXPECT_TRUE(std::holds_alternative<InBandSignal>(std::get<Signal>(in_band)));
    const auto refused = read(answer(R"({"error":"x"})", 503));
    EXPECT_EQ(std::get<HttpStatusSignal>(std::get<Signal>(refused)).status, 503);
}

}  // namespace
}  // namespace inference
