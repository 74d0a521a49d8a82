#include "adapters/classify/pattern.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace inference {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

TEST(Pattern, FindsLiteralTextWithoutCase) {
    EXPECT_THAT(
        find_pattern("out of memory", "RuntimeError: CUDA Out Of Memory."), Optional(IsEmpty())
    );
    EXPECT_EQ(find_pattern("out of memory", "out of memor"), std::nullopt);
    EXPECT_EQ(find_pattern("a", ""), std::nullopt);
}

TEST(Pattern, CapturesNumbersAndNames) {
    EXPECT_THAT(
        find_pattern("length (#) of #", "length (600) of 512."), Optional(ElementsAre("600", "512"))
    );
    EXPECT_THAT(
        find_pattern("model ?@? does", "the model `meta/Llama-3.1:8b` does"),
        Optional(ElementsAre("meta/Llama-3.1:8b"))
    );
    EXPECT_THAT(find_pattern("allocate # GiB", "allocate 16.0 GiB"), Optional(ElementsAre("16.0")));
}

TEST(Pattern, LooksOnAfterAPlaceThatDoesNotFit) {
    EXPECT_THAT(find_pattern("size #", "size of size 4"), Optional(ElementsAre("4")));
    EXPECT_THAT(find_pattern("aab", "aaab"), Optional(IsEmpty()));
}

TEST(Pattern, CapturesNoTextThatIsNoName) {
    EXPECT_EQ(find_pattern("model '@' is", "model 'two words' is"), std::nullopt);
    EXPECT_EQ(find_pattern("model '@' is", "model '' is"), std::nullopt);
    EXPECT_EQ(
        find_pattern("model '@' is", "model '" + std::string(200, 'x') + "' is"), std::nullopt
    );
}

RC_GTEST_PROP(
    Pattern, FindsWhatIsThereAnywhere, (const std::string& before, const std::string& after)
) {
    RC_ASSERT(find_pattern("stub process", before + "Stub process" + after).has_value());
}

TEST(Fill, PutsCapturesIntoTheirPlaces) {
    EXPECT_EQ(fill("{2} of {1}", {"a", "b"}), "b of a");
    EXPECT_EQ(fill("{3} {x} {", {"a"}), "? {x} {");
}

}  // namespace
}  // namespace inference
