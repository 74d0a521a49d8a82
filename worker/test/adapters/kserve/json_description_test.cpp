#include "adapters/kserve/json_description.hpp"

#include <gtest/gtest.h>

namespace inference {
namespace {

using nlohmann::json;

TEST(JsonDescription, HasTensorsAndSchedulingAsTritonWritesThem) {
    const json metadata = json::parse(R"({"name":"m","versions":["1"],"platform":"python",
        "inputs":[{"name":"x","datatype":"FP32","shape":[-1,2]},{"name":"mask","datatype":"BOOL","shape":[-1]}],
        "outputs":[{"name":"y","datatype":"BYTES","shape":[-1,1]}]})");
    const json config = json::parse(R"({"name":"m","max_batch_size":4,
        "input":[{"name":"x","optional":false},{"name":"mask","optional":true}],
        "dynamic_batching":{"priority_levels":"3","default_queue_policy":{"allow_timeout_override":true}},
        "model_transaction_policy":{"decoupled":true}})");

    const ModelDescription model = describe(metadata, &config);

    ASSERT_EQ(model.inputs.size(), 2U);
    EXPECT_EQ(model.inputs[0].name, "x");
    EXPECT_EQ(model.inputs[0].datatype, "FP32");
    EXPECT_EQ(model.inputs[0].shape, (std::vector<std::int64_t>{-1, 2}));
    EXPECT_FALSE(model.inputs[0].optional);
    EXPECT_TRUE(model.inputs[1].optional);
    EXPECT_EQ(model.outputs.at(0).datatype, "BYTES");
    EXPECT_EQ(model.max_batch_size, 4);
    EXPECT_EQ(model.priority_levels, 3U);
    EXPECT_TRUE(model.takes_timeout);
    EXPECT_TRUE(model.is_decoupled);
    EXPECT_FALSE(model.keeps_sequences);
}

TEST(JsonDescription, KnowsASequenceModel) {
    const json config{{"sequence_batching", json::object()}};

    EXPECT_TRUE(describe(json::object(), &config).keeps_sequences);
}

TEST(JsonDescription, TakesWhatHasAnotherFormForNotSaid) {
    for (const char* text :
         {"{}",
          "[]",
          "7",
          R"({"inputs":7,"input":"x","max_batch_size":"\"1\"","dynamic_batching":[1],"model_transaction_policy":3})",
          R"({"inputs":[7,{"name":1}],"input":{"a":{"name":"x"}},"dynamic_batching":{"priority_levels":-1}})"
         }) {
        const json odd = json::parse(text);

        const ModelDescription model = describe(odd, &odd);

        EXPECT_EQ(model.max_batch_size, 0) << text;
        EXPECT_EQ(model.priority_levels, 0U) << text;
        EXPECT_FALSE(model.is_decoupled) << text;
    }
}

}  // namespace
}  // namespace inference
