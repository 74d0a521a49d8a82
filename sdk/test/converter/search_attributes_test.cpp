#include "temporal/search_attributes.hpp"

#include "temporal/converter.hpp"

#include <gtest/gtest.h>

namespace temporal {
namespace {

using namespace std::chrono_literals;

constexpr TextKey kText{"Text"};
constexpr KeywordKey kKeyword{"Keyword"};
constexpr IntKey kInt{"Int"};
constexpr DoubleKey kDouble{"Double"};
constexpr BoolKey kBool{"Bool"};
constexpr DatetimeKey kDatetime{"Datetime"};
constexpr KeywordListKey kKeywordList{"KeywordList"};

TEST(SearchAttributes, EveryTypeComesBackAsItWasAndNamesItself) {
    const std::chrono::system_clock::time_point time{1'700'000'000s + 5ms};
    SearchAttributes attributes;
    attributes.set(kText, "some words")
        .set(kKeyword, "digits")
        .set(kInt, 7)
        .set(kDouble, 0.5)
        .set(kBool, true)
        .set(kDatetime, time)
        .set(kKeywordList, {"a", "b"});

    const SearchAttributes read(attributes.fields());

    EXPECT_EQ(read.get(kText), "some words");
    EXPECT_EQ(read.get(kKeyword), "digits");
    EXPECT_EQ(read.get(kInt), 7);
    EXPECT_EQ(read.get(kDouble), 0.5);
    EXPECT_EQ(read.get(kBool), true);
    EXPECT_EQ(read.get(kDatetime), time);
    EXPECT_EQ(read.get(kKeywordList), (std::vector<std::string>{"a", "b"}));
    for (const auto& [name, payload] : attributes.fields()) {
        EXPECT_EQ(payload.encoding(), "json/plain");
        EXPECT_EQ(payload.metadata.at("type"), name);
    }
}

TEST(SearchAttributes, AChangeSetsAndTakesAway) {
    SearchAttributes attributes;
    attributes.set(kKeyword, "digits").set(kInt, 7).set(kBool, true);

    attributes.merge(SearchAttributes().set(kInt, 8).unset(kKeyword));

    EXPECT_EQ(attributes.get(kInt), 8);
    EXPECT_EQ(attributes.get(kBool), true);
    EXPECT_EQ(attributes.fields().count("Keyword"), 0U);
    const auto unset = SearchAttributes().unset(kKeyword);
    EXPECT_EQ(unset.get(kKeyword), std::nullopt);
    // The server refuses the type of a value that is none.
    EXPECT_EQ(
        unset.fields().at("Keyword"),
        (Payload{.metadata = {{"encoding", "binary/null"}}, .data = {}})
    );
}

TEST(SearchAttributes, AnAbsentOneIsNothingAndOneOfAnotherTypeIsAnError) {
    SearchAttributes attributes;
    attributes.set(kKeyword, "digits");

    EXPECT_EQ(attributes.get(kText), std::nullopt);
    EXPECT_THROW(static_cast<void>(attributes.get(IntKey{"Keyword"})), ConversionError);
    EXPECT_THROW(static_cast<void>(attributes.get(DatetimeKey{"Keyword"})), ConversionError);
}

}  // namespace
}  // namespace temporal
