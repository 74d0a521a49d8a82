#include "registry/model_registry.hpp"

#include "contracts/error.hpp"
#include "registry/model.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inference {
namespace {

using namespace std::chrono_literals;

Model named_model(const std::string& name) {
    Model model;
    model.name = name;
    return model;
}

std::string message_for(const ModelRegistry& registry, std::string_view name) {
    const auto found = registry.lookup(name);
    EXPECT_FALSE(found);
    if (found) {
        return {};
    }
    EXPECT_EQ(found.error().error_class, ErrorClass::kFatal);
    EXPECT_EQ(found.error().code, ErrorCode::kModelNotFound);
    return found.error().message;
}

TEST(ModelRegistry, FindsAModelByItsName) {
    const ModelRegistry registry({named_model("llama-3-8b"), named_model("digits")});

    const auto found = registry.lookup("digits");

    ASSERT_TRUE(found);
    EXPECT_EQ(found->get().name, "digits");
    EXPECT_EQ(&found->get(), &registry.models().at("digits"));
    EXPECT_EQ(registry.models().size(), 2U);
}

TEST(ModelRegistry, NamesTheKnownModelsClosestFirstForAnUnknownOne) {
    const ModelRegistry registry({named_model("llama-3-8b"), named_model("digits")});
    EXPECT_EQ(
        message_for(registry, "dgits"),
        "model 'dgits' is not in the registry; known, the closest first: digits, llama-3-8b; "
        "correct the request's 'model', "
        "or add the model under 'models' in the worker's configuration"
    );
}

TEST(ModelRegistry, SaysSoIfItIsEmpty) {
    EXPECT_EQ(
        message_for(ModelRegistry(), "digits"),
        "model 'digits' is not in the registry, which is empty; add it under 'models' in the "
        "configuration"
    );
}

TEST(ModelRegistry, NamesTenModelsAtMost) {
    std::vector<Model> models;
    for (int i = 10; i < 35; ++i) {
        models.push_back(named_model("model-" + std::to_string(i)));
    }
    const std::string message = message_for(ModelRegistry(std::move(models)), "model-1");

    EXPECT_NE(message.find("model-19 and 15 more;"), std::string::npos) << message;
    EXPECT_EQ(message.find("model-20"), std::string::npos) << message;
}

TEST(ModelRegistry, DoesNotQuoteANameThatMayBeAPrompt) {
    const std::string message =
        message_for(ModelRegistry({named_model("digits")}), "Tell me a story");
    EXPECT_TRUE(message.starts_with("model a string of 15 bytes is not in the registry;"))
        << message;
}

TEST(ModelRegistry, KeepsTheFirstOfTwoModelsWithOneName) {
    Model second = named_model("digits");
    second.engine_model = "second";
    const ModelRegistry registry({named_model("digits"), second});
    EXPECT_EQ(registry.lookup("digits")->get().engine_model, "");
}

TEST(Model, HasTheDocumentedDefaults) {
    const Model model;
    EXPECT_EQ(model.timeout, 280s);
    EXPECT_EQ(model.ready_timeout, 10min);
    EXPECT_EQ(model.max_concurrency, std::nullopt);
    EXPECT_EQ(model.breaker.recovery_timeout, 30s);
}

}  // namespace
}  // namespace inference
