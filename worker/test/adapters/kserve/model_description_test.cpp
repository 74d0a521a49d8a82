#include "adapters/kserve/model_description.hpp"

#include <gtest/gtest.h>

namespace inference {
namespace {

ModelDescription described(const kserve::ModelConfig& config) {
    kserve::ModelMetadataResponse metadata;
    metadata.add_inputs()->set_name("x");
    return describe(metadata, &config);
}

TEST(ModelDescription, SaysNothingThatTheServerDoesNotSay) {
    const ModelDescription model = describe({}, nullptr);

    EXPECT_EQ(model.max_batch_size, 0);
    EXPECT_FALSE(model.is_decoupled);
    EXPECT_FALSE(model.keeps_sequences);
    EXPECT_FALSE(model.takes_timeout);
    EXPECT_EQ(model.priority_levels, 0U);
}

TEST(ModelDescription, HasTheSchedulingOfTheModelsConfig) {
    kserve::ModelConfig decoupled;
    decoupled.mutable_model_transaction_policy()->set_decoupled(true);
    kserve::ModelConfig sequences;
    sequences.mutable_sequence_batching();
    kserve::ModelConfig levels;
    levels.mutable_dynamic_batching()->set_priority_levels(3);
    kserve::ModelConfig optional;
    optional.add_input()->set_name("x");
    optional.mutable_input(0)->set_optional(true);

    EXPECT_TRUE(described(decoupled).is_decoupled);
    EXPECT_TRUE(described(sequences).keeps_sequences);
    EXPECT_EQ(described(levels).priority_levels, 3U);
    EXPECT_TRUE(described(optional).inputs.at(0).optional);
}

TEST(ModelDescription, OnlyRowsThatAreABatchMayBeSentInParts) {
    kserve::ModelConfig batched;
    batched.set_max_batch_size(8);
    kserve::ModelConfig decoupled = batched;
    decoupled.mutable_model_transaction_policy()->set_decoupled(true);
    kserve::ModelConfig sequences = batched;
    sequences.mutable_sequence_batching();

    EXPECT_TRUE(takes_parts(described(batched)));
    EXPECT_FALSE(takes_parts(described(decoupled)));
    EXPECT_FALSE(takes_parts(described(sequences)));
    EXPECT_FALSE(takes_parts(described({}))) << "a scalar";
    EXPECT_TRUE(takes_parts({.inputs = {{"x", "FP32", {-1, 4}}}, .outputs = {}}));
    EXPECT_FALSE(takes_parts({.inputs = {{"x", "FP32", {2, 4}}}, .outputs = {}}));
}

/// A dynamic_batching with this default_queue_policy, as Triton sends it.
kserve::ModelConfig with_queue_policy(const std::string& policy) {
    kserve::ModelConfig config;
    const std::string bytes = std::string("\x32", 1) + static_cast<char>(policy.size()) + policy;
    EXPECT_TRUE(config.mutable_dynamic_batching()->ParseFromString(bytes));
    return config;
}

TEST(ModelDescription, TakesATimeoutOnlyWhereTheQueuePolicyAllowsToOverrideIt) {
    EXPECT_TRUE(described(with_queue_policy("\x10\x05\x18\x01")).takes_timeout);
    EXPECT_FALSE(described(with_queue_policy("\x10\x05")).takes_timeout);
    EXPECT_FALSE(described(with_queue_policy(std::string("\x18\x00", 2))).takes_timeout);
    EXPECT_FALSE(described(with_queue_policy("\xff")).takes_timeout);
}

}  // namespace
}  // namespace inference
