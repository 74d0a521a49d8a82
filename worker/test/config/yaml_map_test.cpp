#include "config/yaml_map.hpp"

#include "config/config_errors.hpp"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace inference {
namespace {

using namespace std::chrono_literals;

/// What reading the map that is the value of `section`, on line 2 and below, complains of.
std::string problems_of(const std::string& yaml, const std::function<void(YamlMap&)>& read) {
    ConfigProblems problems;
    YamlMap map({YAML::Load(yaml), 1, "section"}, problems);
    read(map);
    map.finish();
    return problems.empty() ? "" : to_string({.file = "f", .problems = problems.sorted()});
}

TEST(YamlMap, ReadsEachKindOfValue) {
    std::string text;
    std::optional<std::string> maybe;
    int number = 0;
    double share = 0;
    std::chrono::milliseconds duration{0};
    std::filesystem::path relative;
    std::filesystem::path absolute;

    EXPECT_EQ(
        problems_of(
            "{text: t, maybe: m, number: 7, share: 0.5, duration: 3s, relative: a/../b, absolute: "
            "/c}",
            [&](YamlMap& map) {
                map.read("text", text);
                map.read("maybe", maybe);
                map.read("number", number);
                map.read_share("share", share);
                map.read("duration", duration);
                map.read("relative", relative, "/etc");
                map.read("absolute", absolute, "/etc");
            }
        ),
        ""
    );

    EXPECT_EQ(text, "t");
    EXPECT_EQ(maybe, "m");
    EXPECT_EQ(number, 7);
    EXPECT_EQ(share, 0.5);
    EXPECT_EQ(duration, 3s);
    EXPECT_EQ(relative, "/etc/b");
    EXPECT_EQ(absolute, "/c");
}

TEST(YamlMap, LeavesTheDefaultOfWhatIsAbsentOrNull) {
    std::string text = "default";
    EXPECT_EQ(
        problems_of(
            "{a: ~}",
            [&](YamlMap& map) {
                map.read("a", text);
                map.read("b", text);
            }
        ),
        ""
    );
    EXPECT_EQ(text, "default");
}

TEST(YamlMap, RefusesUnknownKeysAndTellsWhatWasMeant) {
    const auto read = [](YamlMap& map) {
        int number = 0;
        map.read("timeout", number);
    };
    EXPECT_EQ(
        problems_of("timeuot: 1\nzebra: 2\n", read),
        "f:1: section: unknown key 'timeuot'; did you mean 'timeout'?\nf:2: section: unknown key "
        "'zebra'\n"
    );
}

TEST(YamlMap, RefusesAKeyThatIsThereTwice) {
    EXPECT_EQ(
        problems_of("a: x\na: y\n", [](YamlMap& map) { map.find("a"); }),
        "f:2: section.a: is there twice; keep one\n"
    );
}

TEST(YamlMap, RefusesWhatIsNoMap) {
    EXPECT_EQ(
        problems_of("[1]", [](YamlMap&) {}), "f:1: section is a list; it takes a map of keys\n"
    );
    EXPECT_EQ(
        problems_of("{[1]: 2}", [](YamlMap&) {}), "f:1: section: a key is a list; it takes a name\n"
    );
}

TEST(YamlMap, SaysWhatAValueTakes) {
    struct Row {
        const char* value;
        std::function<void(YamlMap&)> read;
        const char* problem;
    };
    const auto text = [](YamlMap& map) {
        std::string out;
        map.read("k", out);
    };
    const auto number = [](YamlMap& map) {
        int out = 0;
        map.read("k", out);
    };
    const auto share = [](YamlMap& map) {
        double out = 0;
        map.read_share("k", out);
    };
    const auto duration = [](YamlMap& map) {
        std::chrono::milliseconds out{0};
        map.read("k", out);
    };
    const Row rows[] = {
        {"[a]", text, "is a list; it takes a text"},
        {"''", text, "is empty; it takes a text"},
        {"0", number, "'0' is not a whole number from 1 up"},
        {"-1", number, "'-1' is not a whole number from 1 up"},
        {"1.5", number, "'1.5' is not a whole number from 1 up"},
        {"many", number, "'many' is not a whole number from 1 up"},
        {"99999999999", number, "'99999999999' is not a whole number from 1 up"},
        {"{a: 1}", number, "is a map; it takes a whole number from 1 up"},
        {"0", share, "'0' is not a number above 0, up to 1"},
        {"1.01", share, "'1.01' is not a number above 0, up to 1"},
        {"nan", share, "'nan' is not a number above 0, up to 1"},
        {"30", duration, "'30' has no unit; it takes a duration such as 500ms, 30s, 10m or 2h"},
        {"soon", duration, "'soon' is not a duration such as 500ms, 30s, 10m or 2h"},
        {"0s", duration, "'0s' is too short; it takes at least 1ms"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(
            problems_of(std::string("k: ") + row.value, row.read),
            std::string("f:1: section.k: ") + row.problem + "\n"
        );
    }
}

TEST(YamlMap, RequiresAKey) {
    EXPECT_EQ(
        problems_of(
            "a: 1",
            [](YamlMap& map) {
                map.find("a");
                map.require("engine", "one of x, y");
            }
        ),
        "f:1: section.engine: is missing; it takes one of x, y\n"
    );
}

TEST(TextsOf, LeavesOutAndTellsEachElementThatIsNoText) {
    ConfigProblems problems;
    const auto texts = texts_of({YAML::Load("- a\n- [b]\n- c\n"), 1, "list"}, problems, "a list");

    ASSERT_EQ(texts.size(), 2U);
    EXPECT_EQ(texts[1].first, "c");
    EXPECT_EQ(texts[1].second.line, 3);
    EXPECT_EQ(
        problems.sorted(), (std::vector<ConfigProblem>{{2, "list[1]: is a list; it takes a text"}})
    );
}

TEST(TextsOf, TakesNoSingleValueAndNoEmptyList) {
    ConfigProblems problems;
    EXPECT_TRUE(texts_of({YAML::Load("a"), 1, "x"}, problems, "a list of texts").empty());
    EXPECT_TRUE(texts_of({YAML::Load("[]"), 2, "y"}, problems, "a list of texts").empty());
    EXPECT_EQ(
        problems.sorted(),
        (std::vector<ConfigProblem>{
            {1, "x: is a single value; it takes a list of texts"},
            {2, "y: is an empty list; it takes a list of texts"}
        })
    );
}

}  // namespace
}  // namespace inference
