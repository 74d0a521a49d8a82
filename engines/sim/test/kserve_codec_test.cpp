#include "kserve_codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace engine_sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

kserve::ModelInferRequest request(const char* datatype) {
    kserve::ModelInferRequest request;
    request.set_model_name("m");
    auto& input = *request.add_inputs();
    input.set_name("x");
    input.set_datatype(datatype);
    input.add_shape(2);
    return request;
}

TEST(KserveCodec, RawContentsAreTakenAsTheyAre) {
    auto raw = request("INT8");
    raw.add_raw_input_contents("ab");

    const auto inputs = read_inputs(raw);

    ASSERT_TRUE(inputs);
    EXPECT_EQ(inputs->front().spec.name, "x");
    EXPECT_THAT(inputs->front().spec.shape, ElementsAre(2));
    EXPECT_EQ(inputs->front().bytes, "ab");
}

TEST(KserveCodec, TypedContentsTakeTheSizeOfTheirDatatype) {
    auto small = request("INT8");
    small.mutable_inputs(0)->mutable_contents()->add_int_contents(-1);
    small.mutable_inputs(0)->mutable_contents()->add_int_contents(2);
    EXPECT_EQ(read_inputs(small)->front().bytes, std::string("\xff\x02", 2));

    auto words = request("BYTES");
    words.mutable_inputs(0)->mutable_contents()->add_bytes_contents("hi");
    words.mutable_inputs(0)->mutable_contents()->add_bytes_contents("");
    EXPECT_EQ(read_inputs(words)->front().bytes, std::string("\x02\0\0\0hi\0\0\0\0", 10));
}

TEST(KserveCodec, BothKindsOfContentsOrNoneAreRefusedAsByTriton) {
    auto both = request("FP32");
    both.mutable_inputs(0)->mutable_contents()->add_fp32_contents(1);
    both.add_raw_input_contents("abcd");
    EXPECT_THAT(
        read_inputs(both).error().message, HasSubstr("contents field must not be specified")
    );

    EXPECT_THAT(
        read_inputs(request("FP32")).error().message,
        HasSubstr("unable to find data for input tensor 'x' for model 'm' in request.")
    );
}

TEST(KserveCodec, OnlyTheOutputsAskedForAreWritten) {
    const std::vector<Tensor> outputs = {
        {{"a", "INT8", {1}}, "1"},
        {{"b", "INT8", {1}}, "2"},
    };
    auto one = request("INT8");
    one.set_id("r1");
    one.add_outputs()->set_name("b");

    const auto response = write_outputs(one, outputs);

    ASSERT_TRUE(response);
    EXPECT_EQ(response->id(), "r1");
    ASSERT_EQ(response->outputs_size(), 1);
    EXPECT_EQ(response->outputs(0).name(), "b");
    EXPECT_THAT(response->raw_output_contents(), ElementsAre("2"));
    EXPECT_EQ(write_outputs(request("INT8"), outputs)->outputs_size(), 2);

    one.add_outputs()->set_name("c");
    EXPECT_THAT(
        write_outputs(one, outputs).error().message, HasSubstr("unexpected inference output 'c'")
    );
}

TEST(KserveCodec, MetadataAndConfigDescribeTheSignature) {
    const auto signature =
        TensorSignature::parse("d: argmax(x FP32[-1,4]) -> label INT64[-1,1] max_batch 8");

    const auto metadata = metadata_of(signature);
    EXPECT_EQ(metadata.name(), "d");
    EXPECT_EQ(metadata.inputs(0).datatype(), "FP32");
    EXPECT_THAT(metadata.inputs(0).shape(), ElementsAre(-1, 4));
    EXPECT_EQ(metadata.outputs(0).name(), "label");

    EXPECT_EQ(config_of(signature).max_batch_size(), 8);
}

}  // namespace
}  // namespace engine_sim
