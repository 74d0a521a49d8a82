#include "stages/tensor_data.hpp"

#include "contracts/tensor.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace inference {
namespace {

using nlohmann::json;
using Shape = std::vector<std::int64_t>;

std::string flattened(const char* data, const Shape& shape) {
    json flat = json::parse(data);
    const auto complaint = flatten(flat, shape);
    return complaint ? *complaint : flat.dump();
}

TEST(Flatten, KeepsFlatDataAndUnwrapsNestedDataRowByRow) {
    EXPECT_EQ(flattened("[1,2,3,4]", {2, 2}), "[1,2,3,4]");
    EXPECT_EQ(flattened("[[1,2],[3,4]]", {2, 2}), "[1,2,3,4]");
    EXPECT_EQ(flattened("[[[1],[2]],[[3],[4]]]", {2, 2, 1}), "[1,2,3,4]");
    EXPECT_EQ(flattened("[5]", {}), "[5]") << "a scalar";
    EXPECT_EQ(flattened("[]", {0, 3}), "[]");
    EXPECT_EQ(flattened("[[],[]]", {2, 0}), "[]");
}

TEST(Flatten, SaysWhatDoesNotAgree) {
    EXPECT_EQ(
        flattened("[1,2,3]", {2, 2}), "shape [2,2] holds 4 elements, data has 3; make them agree"
    );
    EXPECT_EQ(
        flattened("[1]", {-1, 64}),
        "shape [-1,64] is no size of a tensor; it takes non-negative numbers"
    );
    EXPECT_EQ(flattened("5", {}), "data is a number; it takes a list");
    EXPECT_EQ(
        flattened("[[1,2],[3]]", {2, 2}),
        "data has a list of 1 where shape [2,2] wants a list of 2 at depth 2"
    );
    EXPECT_EQ(
        flattened("[[1,2],3]", {2, 2}),
        "data has a number where shape [2,2] wants a list of 2 at depth 2"
    );
    EXPECT_EQ(
        flattened("[[1,2]]", {2, 2}),
        "data has a list of 1 where shape [2,2] wants a list of 2 at depth 1"
    );
}

TEST(Flatten, LeavesListsThatAreDeeperThanTheShapeForTheElementsCheck) {
    EXPECT_EQ(flattened("[[1,2]]", {}), "[[1,2]]");
    EXPECT_EQ(flattened("[[[1,2]]]", {1, 1}), "[[1,2]]");
    EXPECT_EQ(
        check_elements(json::parse("[[1,2]]"), DataType::kInt8),
        "element 0 is a list; INT8 takes whole numbers"
    );
}

TEST(Flatten, RefusesMoreDimensionsThanAnyEngineTakes) {
    EXPECT_EQ(flattened("[1]", Shape(33, 1)), "shape has 33 dimensions; at most 32 are taken");
    EXPECT_EQ(flattened("[1]", Shape(32, 1)), "[1]");
}

std::string checked(const char* element, DataType type) {
    return check_elements(json::array({json::parse(element)}), type).value_or("");
}

TEST(Elements, AreTakenIfTheirTypeCanHoldThem) {
    struct Row {
        DataType type;
        std::vector<const char*> good;
        std::vector<const char*> bad;
    };
    const Row rows[] = {
        {DataType::kBool, {"true", "false", "0", "1"}, {"2", "\"true\"", "1.0", "null"}},
        {DataType::kUint8, {"0", "255"}, {"256", "-1", "1.0", "true", "\"1\"", "null"}},
        {DataType::kUint16, {"65535"}, {"65536", "-1"}},
        {DataType::kUint32, {"4294967295"}, {"4294967296", "-1"}},
        {DataType::kUint64, {"18446744073709551615"}, {"-1", "18446744073709551616"}},
        {DataType::kInt8, {"-128", "127"}, {"-129", "128"}},
        {DataType::kInt16, {"-32768", "32767"}, {"-32769", "32768"}},
        {DataType::kInt32, {"-2147483648", "2147483647"}, {"-2147483649", "2147483648"}},
        {DataType::kInt64,
         {"-9223372036854775808", "9223372036854775807"},
         {"9223372036854775808", "1e3"}},
        {DataType::kFp16,
         {"65504", "65519.9", "-65504", "1e-10", "3", "\"NaN\""},
         {"65520", "-65520", "1e300"}},
        {DataType::kBf16, {"3.38e38", "\"Infinity\""}, {"3.4e38", "1e39"}},
        {DataType::kFp32,
         {"3.4028235e38", "\"-Infinity\""},
         {"3.41e38", "1e300", "\"1.0\"", "null", "true"}},
        {DataType::kFp64, {"1.7e308", "-1", "18446744073709551615"}, {"\"x\"", "null", "[1]"}},
        {DataType::kBytes,
         {"\"\"", "\"text\"", R"({"b64":"AAE="})"},
         {"1", "null", R"({"b64":1})", R"({"x":""})"}},
    };
    for (const Row& row : rows) {
        for (const auto* element : row.good) {
            EXPECT_EQ(checked(element, row.type), "") << to_string(row.type) << " " << element;
        }
        for (const auto* element : row.bad) {
            EXPECT_NE(checked(element, row.type), "") << to_string(row.type) << " " << element;
        }
    }
}

TEST(Elements, AreRefusedByTheirPlaceAndNotByTheirValue) {
    EXPECT_EQ(
        check_elements(json::parse("[1,2,300]"), DataType::kInt8),
        "element 2 is out of range; INT8 takes -128 to 127"
    );
    EXPECT_EQ(
        check_elements(json::parse("[1,2.5]"), DataType::kInt32),
        "element 1 is a floating-point number; INT32 takes whole numbers"
    );
    EXPECT_EQ(
        check_elements(json::parse("[\"secret\"]"), DataType::kFp32),
        "element 0 is a string; FP32 takes numbers, \"NaN\", \"Infinity\" and \"-Infinity\""
    );
    EXPECT_EQ(
        check_elements(json::parse("[1e40]"), DataType::kFp32),
        "element 0 is out of range; FP32 takes it as \"Infinity\" if that is meant"
    );
    EXPECT_EQ(
        check_elements(json::parse("[\"secret\"]"), DataType::kBool),
        "element 0 is a string; BOOL takes true or false"
    );
    EXPECT_EQ(
        check_elements(json::parse("[7]"), DataType::kBytes),
        "element 0 is a number; BYTES takes strings, or {\"b64\": \"...\"} for what is no text"
    );
}

/// Numbers 0, 1, 2, ... nested like the shape.
json nested(const Shape& shape, std::size_t depth, int& next) {
    if (depth == shape.size()) {
        return next++;
    }
    json list = json::array();
    for (std::int64_t i = 0; i < shape[depth]; ++i) {
        list.push_back(nested(shape, depth + 1, next));
    }
    return list;
}

RC_GTEST_PROP(Flatten, KeepsTheOrderOfAnyNesting, ()) {
    const auto shape = *rc::gen::resize(
        4, rc::gen::nonEmpty(rc::gen::container<Shape>(rc::gen::inRange<std::int64_t>(0, 5)))
    );
    int count = 0;
    json data = nested(shape, 0, count);
    RC_ASSERT(flatten(data, shape) == std::nullopt);
    RC_ASSERT(data.size() == static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        RC_ASSERT(data[static_cast<std::size_t>(i)] == i);
    }
}

}  // namespace
}  // namespace inference
