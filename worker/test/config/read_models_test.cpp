
#include "adapters/engine_kind.hpp"
#include "config/config_errors.hpp"
#include "config/load.hpp"
#include "config/problems_of.hpp"
#include "contracts/text_filter.hpp"
#include "registry/model.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace inference {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::problems_of_model;

constexpr char kVllm[] = "    engine: vllm\n    endpoints: [http://h/v1]\n";
constexpr char kTriton[] = "    engine: triton\n    endpoints: [\"h:8001\"]\n";

Model read_one(const std::string& keys) {
    const auto config = parse_config("models:\n  m:\n" + keys, "/etc/inference/worker.yaml");
    EXPECT_TRUE(config) << to_string(config.error());
    return config ? config->models.front() : Model{};
}

TEST(Models, NeedAnEngineAndAnEndpoint) {
    const Model model = read_one(kVllm);

    EXPECT_EQ(model.name, "m");
    EXPECT_EQ(model.engine, EngineKind::kVllm);
    EXPECT_EQ(model.endpoints, std::vector<std::string>{"http://h/v1"});
    EXPECT_EQ(model.engine_model, "m")
        << "the engine's name is the registry's unless said otherwise";
    EXPECT_EQ(model.timeout, 280s);
    EXPECT_EQ(model.ready_timeout, 10min);
    EXPECT_EQ(model.max_concurrency, std::nullopt);
    EXPECT_EQ(model.tls, std::nullopt);
    EXPECT_EQ(model.defaults, json::object());
    EXPECT_EQ(read_one(kTriton).timeout, 30s) << "vision models answer within seconds";

    EXPECT_EQ(
        problems_of_model("    max_batch: 4\n"),
        "worker.yaml:2: models.m.endpoints: is missing; it takes a list of at least one address\n"
        "worker.yaml:2: models.m.engine: is missing; it takes one of vllm, sglang, tensorrt-llm, "
        "openvino, openai, triton, kserve\n"
    );
}

TEST(Models, HaveAllTheDocumentedKeys) {
    const Model model = read_one(R"(
    engine: vllm
    endpoints: [https://a:8080/v1, https://b:8080/v1]
    engine_model: meta-llama/Llama-3-8B
    api_key_env: LLAMA_KEY
    tls: {ca_file: certs/ca.pem, cert_file: /certs/client.pem, key_file: certs/client.key, server_name: llama}
    timeout: 90s
    ready_timeout: 0
    max_concurrency: 64
    max_batch: 32
    breaker: {error_threshold: 0.25, minimum_calls: 20, evaluation_window: 2m, consecutive_failures: 7, recovery_timeout: 5s, probes: 3}
    defaults: {temperature: 0.2, stop: ["\n"]}
    template: {prompt: "Q: {prompt}", filters: [strip_reasoning, strip_whitespace]}
)");

    EXPECT_EQ(model.endpoints.size(), 2U);
    EXPECT_EQ(model.engine_model, "meta-llama/Llama-3-8B");
    EXPECT_EQ(model.api_key_env, "LLAMA_KEY");
    ASSERT_TRUE(model.tls);
    EXPECT_EQ(model.tls->ca_file, "/etc/inference/certs/ca.pem")
        << "relative to the configuration file";
    EXPECT_EQ(model.tls->cert_file, "/certs/client.pem");
    EXPECT_EQ(model.tls->key_file, "/etc/inference/certs/client.key");
    EXPECT_EQ(model.tls->server_name, "llama");
    EXPECT_EQ(model.timeout, 90s);
    EXPECT_EQ(model.ready_timeout, 0s);
    EXPECT_EQ(model.max_concurrency, 64);
    EXPECT_EQ(model.max_batch, 32);
    EXPECT_EQ(
        model.breaker,
        (BreakerOptions{
            .error_threshold = 0.25,
            .minimum_calls = 20,
            .evaluation_window = 2min,
            .consecutive_failures = 7,
            .recovery_timeout = 5s,
            .probes = 3
        })
    );
    EXPECT_EQ(model.defaults, json::parse(R"({"temperature":0.2,"stop":["\n"]})"));
    EXPECT_EQ(
        model.prompt_template,
        (ModelTemplate{"Q: {prompt}", {TextFilter::kStripReasoning, TextFilter::kStripWhitespace}})
    );
}

TEST(Models, TakeShortFormsOfTlsAndTemplate) {
    EXPECT_TRUE(read_one(std::string(kTriton) + "    tls: true\n").tls);
    EXPECT_FALSE(read_one(std::string(kTriton) + "    tls: false\n").tls);
    EXPECT_EQ(
        read_one(std::string(kVllm) + "    template: 'Q: {prompt} A:'\n").prompt_template.prompt,
        "Q: {prompt} A:"
    );
}

TEST(Models, AreRefusedWithTheLineAndTheNextStep) {
    struct Row {
        std::string keys;
        std::string problem;
    };
    const std::string vllm = kVllm;
    const std::string triton = kTriton;
    const Row rows[] = {
        {"    engine: vlm\n    endpoints: [http://h/v1]\n",
         "3: models.m.engine: 'vlm' is not one of vllm, sglang, tensorrt-llm, openvino, openai, "
         "triton, kserve; did you mean 'vllm'?"},
        {"    engine: vllm\n    endpoints:\n      - http://h/v1\n      - h:8000\n",
         "6: models.m.endpoints[1]: has no scheme; vllm takes http:// or https://"},
        {"    engine: vllm\n    endpoints: [http://h/v1, http://h/v1]\n",
         "4: models.m.endpoints[1]: is in the list twice; keep one"},
        {"    engine: vllm\n    endpoints: http://h/v1\n",
         "4: models.m.endpoints: is a single value; it takes a list of at least one address"},
        {vllm + "    api_key_env: sk-secret\n",
         "5: models.m.api_key_env: is no name of an environment variable; it takes the variable's "
         "name, not the key"},
        {vllm + "    timeout: 280\n",
         "5: models.m.timeout: '280' has no unit; it takes a duration such as 500ms, 30s, 10m or 2h"
        },
        {vllm + "    max_concurency: 3\n",
         "5: models.m: unknown key 'max_concurency'; did you mean 'max_concurrency'?"},
        {vllm + "    max_batch: 0\n", "5: models.m.max_batch: '0' is not a whole number from 1 up"},
        {vllm + "    breaker:\n      probe: 1\n",
         "6: models.m.breaker: unknown key 'probe'; did you mean 'probes'?"},
        {vllm + "    defaults: {stream: true}\n",
         "5: models.m.defaults.stream: is written by the worker itself; remove it"},
        {vllm + "    defaults: [1]\n", "5: models.m.defaults is a list; it takes a map of keys"},
        {triton + "    defaults: {a: [1]}\n",
         "5: models.m.defaults.a: takes a text, a number, true or false, as parameters of tensor "
         "requests do"},
        {vllm + "    template: 'Q: {promt}'\n",
         "5: models.m.template: has no {prompt} in it, which stands for the request's text"},
        {triton + "    template: '{prompt}'\n",
         "5: models.m.template: is for texts, and triton takes tensors; remove it"},
        {vllm + "    template: {filters: [strip_whitespaces]}\n",
         "5: models.m.template.filters[0]: 'strip_whitespaces' is not one of strip_whitespace, "
         "strip_reasoning; did you mean 'strip_whitespace'?"},
        {triton + "    tls: {cert_file: c.pem}\n",
         "5: models.m.tls: has only one of cert_file and key_file; a client's certificate takes "
         "both"},
        {triton + "    tls: {ca: c.pem}\n", "5: models.m.tls: unknown key 'ca'"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(problems_of_model(row.keys), "worker.yaml:" + row.problem + "\n");
    }
}

TEST(Models, HaveNamesThatFitUrlsAndMetrics) {
    for (const auto* name : {"llama-3-8b", "digits", "0", "a.b_c"}) {
        EXPECT_EQ(
            testing::problems_of(
                std::string("models:\n  ") + name + ": {engine: vllm, endpoints: [http://h/v1]}\n"
            ),
            ""
        );
    }
    for (const auto* name : {"Llama", "-a", "a/b", "'a b'"}) {
        const std::string said = testing::problems_of(
            std::string("models:\n  ") + name + ": {engine: vllm, endpoints: [http://h/v1]}\n"
        );
        EXPECT_NE(
            said.find("is no name of a model; it takes lower-case letters, digits, '.', '_' and '-'"
            ),
            std::string::npos
        ) << said;
    }
}

}  // namespace
}  // namespace inference
