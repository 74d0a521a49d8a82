#include "adapters/kserve/infer_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inference {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

ModelDescription digits() {
    return {
        .inputs = {{.name = "pixels", .datatype = "FP32", .shape = {-1, 2}}},
        .outputs = {{.name = "scores", .datatype = "FP32", .shape = {-1, 10}}},
        .max_batch_size = 4,
    };
}

json pixels(json shape, json data, std::string datatype = "FP32") {
    return {
        {"name", "pixels"},
        {"shape", std::move(shape)},
        {"datatype", std::move(datatype)},
        {"data", std::move(data)}
    };
}

Result<kserve::ModelInferRequest> encode(json body, const ModelDescription& model = digits()) {
    return encode_request(body, model, "digits");
}

Error error_of(json body, const ModelDescription& model = digits()) {
    const auto request = encode(std::move(body), model);
    return request ? Error{.message = "none"} : request.error();
}

std::string message_of(json body, const ModelDescription& model = digits()) {
    return error_of(std::move(body), model).message;
}

TEST(InferRequest, HasRawContentsAndNoTypedOnes) {
    const auto request =
        encode({{"inputs", {pixels({1, 2}, {0.5, 1})}}, {"outputs", {{{"name", "scores"}}}}});

    ASSERT_TRUE(request) << request.error().message;
    ASSERT_EQ(request->inputs_size(), 1);
    EXPECT_EQ(request->inputs(0).name(), "pixels");
    EXPECT_EQ(request->inputs(0).datatype(), "FP32");
    EXPECT_THAT(request->inputs(0).shape(), ElementsAre(1, 2));
    EXPECT_FALSE(request->inputs(0).has_contents());
    ASSERT_EQ(request->raw_input_contents_size(), 1);
    EXPECT_EQ(request->raw_input_contents(0), std::string("\0\0\0\x3f\0\0\x80\x3f", 8));
    EXPECT_EQ(request->outputs(0).name(), "scores");
}

TEST(InferRequest, PassesParametersInTheTypesThatTritonTakes) {
    json input = pixels({1, 2}, {0, 1});
    input["parameters"] = {{"p", "x"}};

    const auto request = encode(
        {{"inputs", {input}},
         {"parameters",
          {{"priority", 2U}, {"timeout", 5}, {"flag", true}, {"t", 0.5}, {"s", "text"}}}}
    );

    ASSERT_TRUE(request) << request.error().message;
    EXPECT_EQ(request->parameters().at("priority").uint64_param(), 2U);
    EXPECT_EQ(request->parameters().at("timeout").int64_param(), 5);
    EXPECT_TRUE(request->parameters().at("flag").bool_param());
    EXPECT_EQ(request->parameters().at("t").double_param(), 0.5);
    EXPECT_EQ(request->parameters().at("s").string_param(), "text");
    EXPECT_EQ(request->inputs(0).parameters().at("p").string_param(), "x");
}

TEST(InferRequest, WithAnotherShapeIsRefusedWithBothShapes) {
    const Error error = error_of({{"inputs", {pixels({1, 3}, {1, 2, 3})}}});

    EXPECT_EQ(error.error_class, ErrorClass::kFatal);
    EXPECT_EQ(error.code, ErrorCode::kValidation);
    EXPECT_FALSE(error.sent);
    EXPECT_EQ(
        error.message,
        "model 'digits': tensor 'pixels' has shape [1,3], the model expects [-1,2]; send that "
        "shape, where -1 is any length"
    );
    EXPECT_THAT(
        message_of({{"inputs", {pixels({2}, {1, 2})}}}),
        HasSubstr("has shape [2], the model expects [-1,2]")
    );
    EXPECT_THAT(message_of({{"inputs", {pixels(json::array(), {1})}}}), HasSubstr("has shape []"));
}

TEST(InferRequest, WithAnotherTypeIsRefusedWithBothTypes) {
    EXPECT_EQ(
        message_of({{"inputs", {pixels({1, 2}, {1, 2}, "INT64")}}}),
        "model 'digits': tensor 'pixels' is INT64, the model expects FP32; send it as FP32"
    );
}

TEST(InferRequest, WithAnUnknownTensorIsRefusedWithTheKnownOnes) {
    json input = pixels({1, 2}, {1, 2});
    input["name"] = "pixel";

    EXPECT_EQ(
        message_of({{"inputs", {input}}}),
        "model 'digits': tensor 'pixel' is no input of the model; it takes pixels"
    );
}

TEST(InferRequest, WithoutATensorIsRefusedUnlessItIsOptional) {
    ModelDescription model = digits();
    model.inputs.push_back({.name = "mask", .datatype = "BOOL", .shape = {-1}});
    const json body{{"inputs", {pixels({1, 2}, {1, 2})}}};

    EXPECT_EQ(
        message_of(body, model),
        "model 'digits': the request lacks tensor 'mask', which the model expects as BOOL of shape "
        "[-1]; send it too"
    );

    model.inputs.back().optional = true;
    EXPECT_EQ(message_of(body, model), "none");
}

TEST(InferRequest, AboveTheBatchLimitAsksForSmallerBatches) {
    const Error error = error_of({{"inputs", {pixels({5, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})}}});

    EXPECT_EQ(error.error_class, ErrorClass::kOutOfMemory);
    EXPECT_EQ(error.code, ErrorCode::kEngineOom);
    EXPECT_EQ(error.batch_limit, 4);
    EXPECT_EQ(
        error.message,
        "model 'digits': tensor 'pixels' has a batch of 5, the model takes at most 4; send at most "
        "4 at once"
    );
}

TEST(InferRequest, WithAnEmptyBatchIsRefused) {
    const Error error = error_of({{"inputs", {pixels({0, 2}, json::array())}}});

    EXPECT_EQ(error.error_class, ErrorClass::kFatal);
    EXPECT_EQ(
        error.message, "model 'digits': tensor 'pixels' has a batch of 0; send 1 to 4 at once"
    );
}

TEST(InferRequest, HasWholeNumbersAboveInt64AndAnyPriorityAsUnsigned) {
    const auto request = encode(
        {{"inputs", {pixels({1, 2}, {1, 2})}},
         {"parameters", {{"priority", 2}, {"huge", UINT64_MAX}, {"negative", -1}}}}
    );

    ASSERT_TRUE(request);
    EXPECT_EQ(request->parameters().at("priority").uint64_param(), 2U);
    EXPECT_EQ(request->parameters().at("huge").uint64_param(), UINT64_MAX);
    EXPECT_EQ(request->parameters().at("negative").int64_param(), -1);
}

TEST(InferRequest, WithDataThatDoNotMatchIsRefused) {
    EXPECT_EQ(
        message_of({{"inputs", {pixels({1, 2}, {1})}}}),
        "model 'digits': tensor 'pixels' has 1 elements, its shape holds 2; send 2 elements of "
        "FP32 for shape [1,2]"
    );
    EXPECT_THAT(
        message_of({{"inputs", {pixels({1, 2}, {1, "x"})}}}), HasSubstr("has at index 1 a string")
    );
}

TEST(InferRequest, ForAnUnknownOutputIsRefused) {
    EXPECT_EQ(
        message_of({{"inputs", {pixels({1, 2}, {1, 2})}}, {"outputs", {{{"name", "score"}}}}}),
        "model 'digits': the request asks for output 'score'; the model gives scores"
    );
}

TEST(InferRequest, ThatIsNoneIsRefusedWithWhatIsMissing) {
    const json no_name{{"shape", {1}}, {"datatype", "FP32"}, {"data", {1}}};
    json no_data = pixels({1, 2}, {1, 2});
    no_data.erase("data");

    EXPECT_THAT(message_of(json::object()), HasSubstr("has no `inputs`"));
    EXPECT_THAT(message_of({{"inputs", json::array()}}), HasSubstr("has no `inputs`"));
    EXPECT_THAT(message_of("text"), HasSubstr("has no `inputs`"));
    EXPECT_THAT(message_of({{"inputs", {7}}}), HasSubstr("an input without a name"));
    EXPECT_THAT(message_of({{"inputs", {no_name}}}), HasSubstr("an input without a name"));
    EXPECT_THAT(message_of({{"inputs", {no_data}}}), HasSubstr("tensor 'pixels' has no data"));
    EXPECT_THAT(message_of({{"inputs", {pixels("x", {1})}}}), HasSubstr("has no shape"));
    EXPECT_THAT(message_of({{"inputs", {pixels({-1, 2}, {1, 2})}}}), HasSubstr("has no shape"));
    EXPECT_THAT(
        message_of({{"inputs", {pixels({1, 2}, {1, 2}, "FLOAT")}}}),
        HasSubstr("no datatype of KServe v2")
    );
    EXPECT_THAT(
        message_of({{"inputs", {pixels({1, 2}, {1, 2})}}, {"outputs", "x"}}), HasSubstr("`outputs`")
    );
    EXPECT_THAT(
        message_of({{"inputs", {pixels({1, 2}, {1, 2})}}, {"parameters", {{"p", {1}}}}}),
        HasSubstr("parameter 'p'")
    );
}

TEST(InferRequest, IsNotCheckedAgainstAModelThatIsNotDescribed) {
    const auto request =
        encode({{"inputs", {pixels({9, 9, 0}, json::array(), "INT8")}}}, ModelDescription{});

    EXPECT_TRUE(request);
}

TEST(InferRequest, OfASizeThatMultipliesOverIsRefused) {
    const std::int64_t huge = std::int64_t{1} << 62;

    EXPECT_THAT(
        message_of({{"inputs", {pixels({huge, 8}, {1})}}}, ModelDescription{}),
        HasSubstr("too large")
    );
}

}  // namespace
}  // namespace inference
