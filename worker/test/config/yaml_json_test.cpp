#include "config/yaml_json.hpp"

#include "config/config_errors.hpp"
#include "config/yaml_map.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include <string>

namespace inference {
namespace {

using nlohmann::json;

json converted(const std::string& yaml) {
    ConfigProblems problems;
    auto result = yaml_to_json({YAML::Load(yaml), 1, "defaults"}, problems);
    EXPECT_TRUE(problems.empty()) << yaml;
    return result;
}

TEST(YamlJson, TakesPlainScalarsForWhatTheyReadLike) {
    EXPECT_EQ(converted("256"), json(256));
    EXPECT_EQ(converted("-1"), json(-1));
    EXPECT_EQ(converted("0.7"), json(0.7));
    EXPECT_EQ(converted("1e-3"), json(0.001));
    EXPECT_EQ(converted(".5"), json(0.5));
    EXPECT_EQ(converted("+1"), json(1.0));
    EXPECT_EQ(converted("true"), json(true));
    EXPECT_EQ(converted("null"), json());
    EXPECT_EQ(converted("~"), json());
    EXPECT_EQ(converted("hello"), json("hello"));
    EXPECT_EQ(converted("yes"), json("yes")) << "YAML 1.2: only true and false are booleans";
    EXPECT_EQ(converted(".inf"), json(".inf")) << "JSON has no infinity";
    EXPECT_EQ(converted("1.2.3"), json("1.2.3"));
}

TEST(YamlJson, TakesQuotedScalarsForText) {
    EXPECT_EQ(converted("'256'"), json("256"));
    EXPECT_EQ(converted("\"true\""), json("true"));
    EXPECT_EQ(converted("\"\\n\""), json("\n"));
}

TEST(YamlJson, KeepsMapsAndLists) {
    EXPECT_EQ(
        converted("{stop: [\"\\n\", END], logit_bias: {'50256': -100}}"),
        json::parse(R"({"stop":["\n","END"],"logit_bias":{"50256":-100}})")
    );
    EXPECT_EQ(converted("[]"), json::array());
    EXPECT_EQ(converted("{}"), json::object());
}

TEST(YamlJson, RefusesAnAliasToItself) {
    ConfigProblems problems;
    yaml_to_json({YAML::Load("&a [*a]"), 7, "defaults"}, problems);
    ASSERT_FALSE(problems.empty());
    EXPECT_EQ(
        problems.sorted().front(), (ConfigProblem{7, "defaults: is nested deeper than 32 levels"})
    );
}

TEST(YamlJson, RefusesKeysThatAreNoText) {
    ConfigProblems problems;
    yaml_to_json({YAML::Load("{[1]: 2}"), 7, "defaults"}, problems);
    ASSERT_FALSE(problems.empty());
    EXPECT_EQ(problems.sorted().front(), (ConfigProblem{7, "defaults: has a key that is no text"}));
}

}  // namespace
}  // namespace inference
