#include "config/changed_sections.hpp"

#include "config/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace inference {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kBefore[] =
    "models: {echo: {engine: vllm, endpoints: [http://127.0.0.1:1/v1]}}\nworker: {drain_grace: "
    "3s}\n";

std::vector<std::string> changed_to(const std::string& yaml) {
    return changed_sections(
        parse_config(kBefore, "/etc/a.yaml").value(), parse_config(yaml, "/etc/a.yaml").value()
    );
}

TEST(ChangedSections, AreNoneOfTheSameConfigurationAndOfAnotherWorkerSection) {
    EXPECT_THAT(changed_to(kBefore), IsEmpty());
    EXPECT_THAT(
        changed_to(
            "models: {echo: {endpoints: [http://127.0.0.1:1/v1], engine: vllm}}\nworker: {}\n"
        ),
        IsEmpty()
    );
}

TEST(ChangedSections, AreNamedAsInTheFile) {
    for (const auto& [yaml, section] : std::vector<std::pair<std::string, std::string>>{
             {"temporal: {address: a:1}\n", "temporal"},
             {"stages: {preprocess: local}\n", "stages"},
             {"files: {roots: [elsewhere]}\n", "files"},
             {"events: {channel: none}\n", "events"},
             {"telemetry: {otlp_endpoint: http://127.0.0.1:4318}\n", "telemetry"},
             {"jobs: {store: sqlite:other.db}\n", "jobs"},
             {"admin: {listen: 127.0.0.1:0}\n", "admin"},
         }) {
        EXPECT_THAT(changed_to(kBefore + yaml), ElementsAre(section));
    }
}

TEST(ChangedSections, AModelDiffersInAnyOfItsKeys) {
    for (const char* more :
         {"timeout: 3s",
          "breaker: {probes: 2}",
          "max_batch: 3",
          "defaults: {max_tokens: 3}",
          "template: {prompt: 'Q: {prompt}'}"}) {
        EXPECT_THAT(
            changed_to(
                std::string("models: {echo: {engine: vllm, endpoints: [http://127.0.0.1:1/v1], ") +
                more + "}}\n"
            ),
            ElementsAre("models")
        );
    }
    EXPECT_THAT(changed_to(""), ElementsAre("models"));
}

}  // namespace
}  // namespace inference
