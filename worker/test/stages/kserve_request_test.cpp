#include "adapters/engine_kind.hpp"
#include "contracts/engine_call.hpp"
#include "contracts/reply_shape.hpp"
#include "contracts/result.hpp"
#include "registry/model.hpp"
#include "stages/engine_request.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace inference {
namespace {

using nlohmann::json;

Result<EngineRequest> request_of(
    const char* input, const char* parameters = "{}", const char* defaults = "{}"
) {
    Model model;
    model.name = "digits";
    model.engine = EngineKind::kTriton;
    model.defaults = json::parse(defaults);
    return kserve_request(model, json::parse(input), json::parse(parameters));
}

std::string message_of(const std::string& input, const char* parameters = "{}") {
    const auto request = request_of(input.c_str(), parameters);
    EXPECT_FALSE(request) << input;
    return request ? "" : request.error().message;
}

/// An input with one tensor that has these fields besides its name.
std::string tensor(const std::string& fields) {
    return R"({"inputs":[{"name":"x",)" + fields + "}]}";
}

TEST(KserveRequest, HasTheTensorsWithFlatData) {
    const auto request = request_of(R"({"inputs":[
        {"name":"image","shape":[1,2,2],"datatype":"FP32","data":[[[0,0.5],[1,1.5]]],"parameters":{"x":1}},
        {"name":"label","shape":[1],"datatype":"BYTES","data":["cat"]}]})");

    ASSERT_TRUE(request) << request.error().message;
    EXPECT_EQ(request->body, json::parse(R"({"inputs":[
        {"name":"image","shape":[1,2,2],"datatype":"FP32","data":[0,0.5,1,1.5]},
        {"name":"label","shape":[1],"datatype":"BYTES","data":["cat"]}]})"));
    EXPECT_EQ(request->shape, (ReplyShape{Task::kTensors, 0, true}));
}

TEST(KserveRequest, AsksForTheOutputsThatTheClientWants) {
    const auto request = request_of(
        R"({"inputs":[{"name":"x","shape":[1],"datatype":"INT8","data":[1]}],"outputs":[{"name":"y"},{"name":"z","extra":1}]})"
    );

    ASSERT_TRUE(request) << request.error().message;
    EXPECT_EQ(request->body["outputs"], json::parse(R"([{"name":"y"},{"name":"z"}])"));
}

TEST(KserveRequest, PassesParametersOnAndTheyWinOverTheDefaults) {
    const auto request = request_of(
        R"({"inputs":[{"name":"x","shape":[1],"datatype":"INT8","data":[1]}]})",
        R"({"priority":1})",
        R"({"priority":2,"mode":"fast"})"
    );

    ASSERT_TRUE(request) << request.error().message;
    EXPECT_EQ(request->body["parameters"], json::parse(R"({"priority":1,"mode":"fast"})"));
}

TEST(KserveRequest, IsRefusedWithTheTensorAndWhatWasExpectedAndGiven) {
    struct Row {
        std::string input;
        const char* message;
    };
    const Row rows[] = {
        {R"({"inputs":{}})",
         "field 'input.inputs' is an object; it takes a list of at least one tensor"},
        {R"({"inputs":[]})",
         "field 'input.inputs' is an empty list; it takes a list of at least one tensor"},
        {R"({"inputs":[1]})", "field 'input.inputs[0]' is a number; it takes an object"},
        {R"({"inputs":[{}]})",
         "field 'input.inputs[0].name' is null; it takes the name of a tensor of the model"},
        {R"({"inputs":[{"name":""}]})",
         "field 'input.inputs[0].name' is empty; it takes the name of a tensor of the model"},
        {R"({"inputs":[{"name":"x"},{"name":"x"}]})",
         "tensor 'x' is in 'input.inputs' twice; give it once"},
        {tensor(R"("datatype":"FP32","data":[1])"),
         "tensor 'x': shape is null; it takes a list of sizes, such as [1,64]"},
        {tensor(R"("shape":[-1],"datatype":"FP32","data":[1])"),
         "tensor 'x': shape has a negative number in it; it takes sizes from 0 up, for a request "
         "is of one size"},
        {tensor(R"("shape":[1.5],"datatype":"FP32","data":[1])"),
         "tensor 'x': shape has a floating-point number in it; it takes sizes from 0 up, for a "
         "request is of one size"},
        {tensor(R"("shape":[18446744073709551615],"datatype":"FP32","data":[1])"),
         "tensor 'x': shape has a number in it; it takes sizes from 0 up, for a request is of one "
         "size"},
        {tensor(R"("shape":[1],"data":[1])"),
         "tensor 'x': datatype is null; it takes one of BOOL, UINT8, UINT16, UINT32, UINT64, INT8, "
         "INT16, INT32, INT64, FP16, FP32, FP64, BF16, BYTES"},
        {tensor(R"("shape":[1],"datatype":"FLOAT","data":[1])"),
         "tensor 'x': datatype 'FLOAT' is not one of BOOL, UINT8, UINT16, UINT32, UINT64, INT8, "
         "INT16, INT32, INT64, FP16, FP32, FP64, BF16, BYTES"},
        {tensor(R"("shape":[1],"datatype":"FP32")"), "tensor 'x': data is null; it takes a list"},
        {tensor(R"("shape":[1,64],"datatype":"FP32","data":[1,2])"),
         "tensor 'x': shape [1,64] holds 64 elements, data has 2; make them agree"},
        {tensor(R"("shape":[2],"datatype":"INT8","data":[1,1000])"),
         "tensor 'x': element 1 is out of range; INT8 takes -128 to 127"},
        {R"({"inputs":[{"name":"x","shape":[1],"datatype":"INT8","data":[1]}],"outputs":"y"})",
         "field 'input.outputs' is a string; it takes a list of at least one tensor"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(message_of(row.input), row.message);
    }
}

TEST(KserveRequest, RefusesParametersThatTheProtocolCannotCarry) {
    EXPECT_EQ(
        message_of(tensor(R"("shape":[1],"datatype":"INT8","data":[1])"), R"({"mode":["fast"]})"),
        "parameter 'mode' is a list; parameters of a tensor request take a string, a number, true "
        "or false"
    );
    EXPECT_EQ(
        message_of(tensor(R"("shape":[1],"datatype":"INT8","data":[1])"), R"({"mode":null})"),
        "parameter 'mode' is null; parameters of a tensor request take a string, a number, true or "
        "false"
    );
}

}  // namespace
}  // namespace inference
