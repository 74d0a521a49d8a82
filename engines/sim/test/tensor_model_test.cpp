#include "tensor_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace engine_sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Tensor tensor(
    std::string name,
    std::string datatype,
    std::vector<std::int64_t> shape,
    std::vector<double> values
) {
    return {
        .spec = {.name = std::move(name), .datatype = datatype, .shape = std::move(shape)},
        .bytes = from_doubles(values, datatype),
    };
}

TensorModel model(std::string_view signature) {
    return TensorModel(TensorSignature::parse(signature));
}

std::string complaint(std::string_view signature) {
    try {
        model(signature);
        return "";
    } catch (const std::exception& error) {
        return error.what();
    }
}

std::string refusal(const TensorModel& model, const std::vector<Tensor>& inputs) {
    const auto outputs = model.infer(inputs, "r1");
    return outputs ? "" : outputs.error().message;
}

TEST(TensorSignature, ReadsLikeTheDeclarationOfAFunction) {
    const auto signature = TensorSignature::parse(
        "add: sum(a FP32[-1,4], b INT8[-1,4]) -> total FP64[-1,4] max_batch 8"
    );

    EXPECT_EQ(signature.name, "add");
    EXPECT_EQ(signature.behaviour, "sum");
    ASSERT_EQ(signature.inputs.size(), 2U);
    EXPECT_EQ(signature.inputs[1].name, "b");
    EXPECT_EQ(signature.inputs[1].datatype, "INT8");
    EXPECT_THAT(signature.inputs[1].shape, ElementsAre(-1, 4));
    EXPECT_EQ(signature.outputs.front().name, "total");
    EXPECT_EQ(signature.max_batch, 8);
}

TEST(TensorSignature, SaysWhatIsWrongWhere) {
    EXPECT_THAT(complaint("digits"), HasSubstr("expected ':' at the end"));
    EXPECT_THAT(complaint("d: echo(x FP32[2]) - y"), HasSubstr("expected '->' before '- y'"));
    EXPECT_THAT(complaint("d: echo(x FP33[2]) -> y FP32[2]"), HasSubstr("instead of FP33"));
    EXPECT_THAT(complaint("d: echo(x FP32[0]) -> y FP32[2]"), HasSubstr("expected a size"));
    EXPECT_THAT(
        complaint("d: echo(x FP32[2]) -> y FP32[2] max_batch 3"),
        HasSubstr("-1 as the first size of 'x'")
    );
    EXPECT_THAT(
        complaint("d: echo(x FP32[2]) -> y FP32[2] more"),
        HasSubstr("'max_batch N' or the end before 'more'")
    );
}

TEST(TensorModel, WantsABehaviourThatFitsItsTensors) {
    EXPECT_THAT(
        complaint("d: sort(x FP32[2]) -> y FP32[2]"), HasSubstr("'sort' is not one of echo, sum")
    );
    EXPECT_THAT(
        complaint("d: echo(x FP32[2], z FP32[2]) -> y FP32[2]"), HasSubstr("so many inputs")
    );
    EXPECT_THAT(
        complaint("d: sum(x BYTES[2]) -> y FP32[2]"), HasSubstr("cannot compute with BYTES")
    );
    EXPECT_THAT(
        complaint("d: dense@/no/such/file(x FP32[2]) -> y FP32[2]"),
        HasSubstr("cannot read the weights")
    );
}

TEST(TensorModel, EchoGivesBackBytesUnderTheNameOfTheOutput) {
    const std::string words("\x02\0\0\0hi\0\0\0\0", 10);

    const auto outputs = model("e: echo(in BYTES[-1]) -> out BYTES[-1]")
                             .infer({{.spec = {"in", "BYTES", {2}}, .bytes = words}}, "");

    ASSERT_TRUE(outputs);
    EXPECT_EQ(outputs->front().spec.name, "out");
    EXPECT_THAT(outputs->front().spec.shape, ElementsAre(2));
    EXPECT_EQ(outputs->front().bytes, words);
}

TEST(TensorModel, SumAddsElementByElementInAnyOrderOfTheInputs) {
    const auto add = model("add: sum(a FP32[-1,2], b INT64[-1,2]) -> total FP32[-1,2]");

    const auto outputs = add.infer(
        {tensor("b", "INT64", {1, 2}, {10, 20}), tensor("a", "FP32", {1, 2}, {0.5, 0.25})}, ""
    );

    ASSERT_TRUE(outputs);
    EXPECT_THAT(to_doubles(outputs->front()), ElementsAre(10.5, 20.25));
}

TEST(TensorModel, ArgmaxFindsThePlaceOfTheLargestOfEachRow) {
    const auto largest = model("d: argmax(x FP32[-1,3]) -> label INT64[-1,1]");

    const auto outputs = largest.infer({tensor("x", "FP32", {2, 3}, {1, 5, 2, 9, 0, 0})}, "");

    ASSERT_TRUE(outputs);
    EXPECT_THAT(outputs->front().spec.shape, ElementsAre(2, 1));
    EXPECT_THAT(to_doubles(outputs->front()), ElementsAre(1, 0));
}

TEST(TensorModel, DenseRunsATrainedNetwork) {
    const auto file = std::filesystem::path(testing::TempDir()) / "engine_sim_weights.json";
    // |x0 - x1| decides: the hidden layer keeps the positive difference of each sign.
    std::ofstream(file) << R"({"layers": [{"weights": [[1,-1],[-1,1]], "bias": [0,0]},
                                          {"weights": [[0,1],[0,1]], "bias": [0.5,0]}]})";
    const auto network =
        model("n: dense@" + file.string() + "(x FP32[-1,2]) -> class INT64[-1,1], p FP64[-1,2]");

    const auto outputs = network.infer({tensor("x", "FP32", {2, 2}, {3, 3, 1, 4})}, "");

    ASSERT_TRUE(outputs);
    EXPECT_THAT(to_doubles(outputs->front()), ElementsAre(0, 1));
    EXPECT_NEAR(to_doubles(outputs->back())[0], 0.6225, 1e-4);
    std::filesystem::remove(file);
}

TEST(TensorModel, RefusesInTritonsWords) {
    const auto digits =
        model("digits: argmax(pixels FP32[-1,64]) -> label INT64[-1,1] max_batch 64");
    const auto zeros = [](std::size_t count) { return std::vector<double>(count); };

    EXPECT_EQ(
        refusal(digits, {tensor("pixels", "FP32", {1, 63}, zeros(63))}),
        "[request id: r1] unexpected shape for input 'pixels' for model 'digits'. Expected "
        "[-1,64], got [1,63]."
    );
    EXPECT_EQ(
        refusal(digits, {tensor("pixels", "INT32", {1, 64}, zeros(64))}),
        "[request id: r1] inference input 'pixels' data-type is 'INT32', but model 'digits' "
        "expects 'FP32'"
    );
    EXPECT_EQ(
        refusal(digits, {tensor("pix", "FP32", {1, 64}, zeros(64))}),
        "unexpected inference input 'pix' for model 'digits'"
    );
    EXPECT_EQ(
        refusal(digits, {}),
        "[request id: r1] expected 1 inputs but got 0 inputs for model 'digits'. Got input(s) [], "
        "but missing "
        "required input(s) ['pixels']. Please provide all required input(s)."
    );
    EXPECT_EQ(
        refusal(digits, {tensor("pixels", "FP32", {65, 64}, zeros(65 * 64))}),
        "[request id: r1] inference request batch-size must be <= 64 for 'digits'"
    );
    EXPECT_EQ(
        refusal(digits, {tensor("pixels", "FP32", {1, 64}, zeros(63))}),
        "[request id: r1] input byte size mismatch for input 'pixels' for model 'digits'. Expected "
        "256, got 252"
    );
}

TEST(TensorModel, ARowWithoutElementsHasNoLargest) {
    const auto outputs = model("d: argmax(x FP32[-1,-1]) -> label INT64[-1]")
                             .infer({tensor("x", "FP32", {1, 0}, {})}, "");

    ASSERT_TRUE(outputs);
    EXPECT_EQ(outputs->front().bytes, "");
}

TEST(TensorModel, EchoesHalfFloatsAndStringsByteByByte) {
    const auto echo =
        model("m: echo(a FP16[2], b BF16[1], c BYTES[2]) -> a FP16[2], b BF16[1], c BYTES[2]");
    const std::string words("\x02\0\0\0hi\0\0\0\0", 10);
    const std::vector<Tensor> inputs = {
        {{"a", "FP16", {2}}, "1234"}, {{"b", "BF16", {1}}, "12"}, {{"c", "BYTES", {2}}, words}
    };

    const auto outputs = echo.infer(inputs, "");

    ASSERT_TRUE(outputs) << outputs.error().message;
    EXPECT_EQ(outputs->at(0).bytes, "1234");
    EXPECT_EQ(outputs->at(1).bytes, "12");
    EXPECT_EQ(outputs->at(2).bytes, words);
}

TEST(TensorModel, StringsMustBeAsManyAsTheShapeSays) {
    const auto echo = model("m: echo(c BYTES[-1]) -> c BYTES[-1]");

    EXPECT_THAT(
        refusal(echo, {{{"c", "BYTES", {2}}, std::string("\x01\0\0\0a", 5)}}),
        HasSubstr("unexpected number of string elements 1 for inference input 'c', expecting 2")
    );
}

TEST(TensorModel, RepeatAnswersAsOftenAsItsLastInputSaysAndCounts) {
    const auto repeat = model("m: repeat(x FP32[-1], n INT32[1]) -> y FP32[-1], i INT32[1]");
    const std::vector<Tensor> inputs = {
        tensor("n", "INT32", {1}, {3}), tensor("x", "FP32", {2}, {5, 6})
    };

    EXPECT_TRUE(repeat.is_decoupled());
    EXPECT_EQ(repeat.responses(inputs), 3U);
    EXPECT_EQ(repeat.responses({tensor("n", "INT32", {1}, {-1})}), 0U);
    const auto second = repeat.infer(inputs, "", 1);
    ASSERT_TRUE(second);
    EXPECT_THAT(to_doubles(second->at(0)), ElementsAre(5, 6));
    EXPECT_THAT(to_doubles(second->at(1)), ElementsAre(1));
    EXPECT_THAT(
        complaint("m: repeat(x FP32[1], n BYTES[1]) -> y FP32[1]"), HasSubstr("needs a number")
    );
}

}  // namespace
}  // namespace engine_sim
