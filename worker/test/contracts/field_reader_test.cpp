#include "contracts/field_reader.hpp"

#include "contracts/priority.hpp"
#include "contracts/token_usage.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace inference {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

/// What the reader says about one value read as a T.
template <class T>
std::string problem_of(json value) {
    const json object = {{"key", std::move(value)}};
    FieldReader fields(object);
    T out{};
    fields.read("key", out);
    return fields.problem();
}

template <class T>
T value_of(json value) {
    const json object = {{"key", std::move(value)}};
    FieldReader fields(object);
    T out{};
    fields.read("key", out);
    EXPECT_EQ(fields.problem(), "");
    return out;
}

TEST(FieldReader, ReadsEachKindOfField) {
    EXPECT_EQ(value_of<std::string>("text"), "text");
    EXPECT_EQ(value_of<bool>(true), true);
    EXPECT_EQ(value_of<double>(0.5), 0.5);
    EXPECT_EQ(value_of<double>(1), 1.0);
    EXPECT_EQ(value_of<int>(7), 7);
    EXPECT_EQ(
        value_of<std::int64_t>(std::numeric_limits<std::int64_t>::max()),
        std::numeric_limits<std::int64_t>::max()
    );
    EXPECT_EQ(value_of<milliseconds>(1500), milliseconds(1500));
    EXPECT_EQ(value_of<std::optional<std::string>>("text"), "text");
}

TEST(FieldReader, LeavesTheDefaultOfWhatIsAbsentOrNull) {
    const json object = {{"null", nullptr}};
    FieldReader fields(object);
    std::string text = "default";
    std::optional<int> number;

    fields.read("null", text);
    fields.read("absent", text);
    fields.read("null", number);

    EXPECT_TRUE(fields.ok());
    EXPECT_EQ(text, "default");
    EXPECT_EQ(number, std::nullopt);
}

TEST(FieldReader, SaysWhatAFieldIsAndWhatItTakes) {
    EXPECT_EQ(problem_of<std::string>(12), "field 'key' is a number; it takes a string");
    EXPECT_EQ(problem_of<bool>("true"), "field 'key' is a string; it takes true or false");
    EXPECT_EQ(problem_of<double>(json::array({1})), "field 'key' is a list; it takes a number");
    EXPECT_EQ(
        problem_of<int>(-1),
        "field 'key' is a negative number; it takes a whole number from 0 to 2147483647"
    );
    EXPECT_EQ(
        problem_of<int>(1.5),
        "field 'key' is a floating-point number; it takes a whole number from 0 to 2147483647"
    );
}

TEST(FieldReader, RefusesNumbersThatDoNotFit) {
    EXPECT_NE(problem_of<int>(std::int64_t{1} << 31), "");
    EXPECT_NE(problem_of<std::int64_t>(std::numeric_limits<std::uint64_t>::max()), "");
    EXPECT_NE(problem_of<milliseconds>(std::int64_t{1} << 40), "");
    EXPECT_EQ(problem_of<milliseconds>(std::int64_t{1} << 38), "");
}

TEST(FieldReader, ReadsANameAndListsTheChoicesForAnUnknownOne) {
    const json object = {{"good", "low"}, {"bad", "urgent"}, {"long", "as soon as you can"}};
    Priority priority = Priority::kNormal;

    FieldReader good(object);
    good.read_name("good", priority, priority_from, priority_names());
    FieldReader bad(object);
    bad.read_name("bad", priority, priority_from, priority_names());
    FieldReader text(object);
    text.read_name("long", priority, priority_from, priority_names());

    EXPECT_EQ(priority, Priority::kLow);
    EXPECT_EQ(bad.problem(), "field 'bad': 'urgent' is not one of high, normal, low");
    EXPECT_EQ(text.problem(), "field 'long': a string of 18 bytes is not one of high, normal, low");
}

TEST(FieldReader, ReadsAListOfNames) {
    const json object = {{"good", {"low", "high"}}, {"bad", {"low", 1}}, {"single", "low"}};
    std::vector<Priority> priorities;

    FieldReader good(object);
    good.read_names("good", priorities, priority_from, priority_names());
    FieldReader bad(object);
    bad.read_names("bad", priorities, priority_from, priority_names());
    FieldReader single(object);
    single.read_names("single", priorities, priority_from, priority_names());

    EXPECT_EQ(priorities, (std::vector{Priority::kLow, Priority::kHigh}));
    EXPECT_EQ(bad.problem(), "field 'bad' is a list; it takes a list of strings");
    EXPECT_EQ(single.problem(), "field 'single' is a string; it takes a list of strings");
}

TEST(FieldReader, NamesANestedFieldByItsWholePath) {
    const json object = {{"usage", {{"total_tokens", "many"}}}, {"text", "x"}};
    TokenUsage usage;

    FieldReader fields(object);
    fields.read_fields_of("usage", usage);
    FieldReader wrong_kind(object);
    wrong_kind.read_fields_of("text", usage);

    EXPECT_TRUE(fields.problem().starts_with("field 'usage.total_tokens' is a string;"))
        << fields.problem();
    EXPECT_EQ(wrong_kind.problem(), "field 'text' is a string; it takes an object");
}

TEST(FieldReader, KeepsTheFirstComplaintAndReadsNoFurther) {
    const json object = {{"a", 1}, {"b", "text"}};
    FieldReader fields(object);
    std::string a;
    std::string b;

    fields.read("a", a);
    fields.read("b", b);
    fields.require("c");

    EXPECT_EQ(fields.problem(), "field 'a' is a number; it takes a string");
    EXPECT_EQ(b, "");
}

TEST(FieldReader, RequiresWhatIsNeitherAbsentNorNull) {
    const json object = {{"null", nullptr}, {"there", false}};

    FieldReader there(object);
    there.require("there");
    FieldReader null(object);
    null.require("null");

    EXPECT_TRUE(there.ok());
    EXPECT_EQ(null.problem(), "field 'null' is missing");
}

TEST(FieldReader, RefusesWhatIsNoObject) {
    const json list = json::array({1});
    EXPECT_EQ(FieldReader(list).problem(), "the value is a list; it takes an object");
    EXPECT_EQ(FieldReader(list, "usage").problem(), "field 'usage' is a list; it takes an object");
}

TEST(FieldReader, ReadOrThrowThrowsTheProblem) {
    TokenUsage usage;
    try {
        read_or_throw(json{{"prompt_tokens", "x"}}, usage);
        FAIL() << "did not throw";
    } catch (const std::invalid_argument& error) {
        EXPECT_TRUE(std::string(error.what()).starts_with("field 'prompt_tokens' is a string"))
            << error.what();
    }
}

}  // namespace
}  // namespace inference
