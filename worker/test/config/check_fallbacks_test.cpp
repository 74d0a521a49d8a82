#include "config/problems_of.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace inference {
namespace {

/// Each model on a line of its own, from line 2.
std::string model(const std::string& name, const std::string& engine, const std::string& fallback) {
    const std::string endpoint = engine == "triton" ? "h:8001" : "http://h/v1";
    return "  " + name + ": {engine: " + engine + ", endpoints: [" + endpoint +
           "], fallback: " + fallback + "}\n";
}

std::string problems_of(const std::vector<std::string>& models) {
    std::string yaml = "models:\n";
    for (const std::string& line : models) {
        yaml += line;
    }
    return testing::problems_of(yaml);
}

TEST(Fallbacks, MayBeChained) {
    EXPECT_EQ(
        problems_of({model("a", "vllm", "b"), model("b", "openai", "c"), model("c", "vllm", "~")}),
        ""
    );
}

TEST(Fallbacks, MustBeModelsOfTheFile) {
    EXPECT_EQ(
        problems_of({model("llama-70b", "vllm", "lama-8b"), model("llama-8b", "vllm", "~")}),
        "worker.yaml:2: models.llama-70b.fallback: 'lama-8b' is no model of this file; did you "
        "mean 'llama-8b'?\n"
    );
    EXPECT_EQ(
        problems_of({model("a", "vllm", "zebra")}),
        "worker.yaml:2: models.a.fallback: 'zebra' is no model of this file; add it, or name "
        "another\n"
    );
}

TEST(Fallbacks, MustNotLeadBack) {
    EXPECT_EQ(
        problems_of({model("a", "vllm", "a")}),
        "worker.yaml:2: models.a.fallback: 'a' leads back to 'a'; break the circle\n"
    );
    EXPECT_EQ(
        problems_of({model("a", "vllm", "b"), model("b", "vllm", "c"), model("c", "vllm", "b")}),
        "worker.yaml:3: models.b.fallback: 'c' leads back to 'b'; break the circle\n"
        "worker.yaml:4: models.c.fallback: 'b' leads back to 'c'; break the circle\n"
    );
}

TEST(Fallbacks, MustTakeTheSameRequests) {
    EXPECT_EQ(
        problems_of({model("a", "vllm", "b"), model("b", "triton", "~")}),
        "worker.yaml:2: models.a.fallback: 'b' is served by triton, which takes other requests "
        "than vllm; name a model that takes the same\n"
    );
}

}  // namespace
}  // namespace inference
