#include "adapters/kserve/tensor_codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

namespace inference {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using enum DataType;

std::string encoded(DataType type, const json& data, std::size_t count) {
    return encode_elements(type, count, data).value();
}

std::string problem(DataType type, const json& data, std::size_t count = 1) {
    const auto result = encode_elements(type, count, data);
    return result ? "none" : result.error();
}

TEST(TensorCodec, WritesLittleEndian) {
    EXPECT_EQ(encoded(kInt32, {1, -2}, 2), std::string("\x01\0\0\0\xfe\xff\xff\xff", 8));
    EXPECT_EQ(encoded(kUint16, {258}, 1), "\x02\x01");
    EXPECT_EQ(encoded(kBool, {true, false, 1, 0}, 4), std::string("\1\0\1\0", 4));
    EXPECT_EQ(encoded(kFp32, {1}, 1), std::string("\0\0\x80\x3f", 4));
    EXPECT_EQ(encoded(kFp64, {1.0}, 1), std::string("\0\0\0\0\0\0\xf0\x3f", 8));
    EXPECT_EQ(encoded(kFp16, {1.0}, 1), std::string("\0\x3c", 2));
    EXPECT_EQ(encoded(kBf16, {1.0}, 1), std::string("\x80\x3f", 2));
    EXPECT_EQ(encoded(kBytes, {"ab", ""}, 2), std::string("\2\0\0\0ab\0\0\0\0", 10));
    EXPECT_EQ(encoded(kInt64, json::array(), 0), "");
}

TEST(TensorCodec, ReadsNestedListsInRowMajorOrder) {
    EXPECT_EQ(encoded(kUint8, {{1, 2}, {3, 4}}, 4), "\1\2\3\4");
}

TEST(TensorCodec, TakesNumbersThatJsonDoesNotHave) {
    const std::string raw = encoded(kFp32, {"NaN", "Infinity", "-Infinity"}, 3);

    EXPECT_EQ(decode_elements(kFp32, 3, raw).value(), json({"NaN", "Infinity", "-Infinity"}));
}

TEST(TensorCodec, TakesBytesThatAreNoText) {
    const std::string raw = encoded(kBytes, {{{"b64", "/wA="}}, "é"}, 2);

    EXPECT_EQ(raw, std::string("\2\0\0\0\xff\0\2\0\0\0\xc3\xa9", 12));
    EXPECT_EQ(decode_elements(kBytes, 2, raw).value(), json::parse(R"([{"b64":"/wA="},"é"])"));
}

TEST(TensorCodec, RefusesAnotherCount) {
    EXPECT_EQ(problem(kInt32, {1, 2, 3}, 4), "has 3 elements, its shape holds 4");
    EXPECT_EQ(problem(kInt32, {1, 2, 3}, 2), "has 3 elements, its shape holds 2");
    EXPECT_EQ(problem(kInt32, 7), "has data that is a number where a list is expected");
}

TEST(TensorCodec, RefusesElementsOfAnotherKind) {
    EXPECT_EQ(problem(kInt32, {0, "x"}, 2), "has at index 1 a string, which is no INT32");
    EXPECT_EQ(problem(kFp32, {nullptr}), "has at index 0 a null, which is no FP32");
    EXPECT_EQ(problem(kFp32, {true}), "has at index 0 a boolean, which is no FP32");
    EXPECT_EQ(problem(kBool, {"true"}), "has at index 0 a string, which is no BOOL");
    EXPECT_EQ(problem(kBytes, {7}), "has at index 0 a number, which is no BYTES");
    EXPECT_EQ(problem(kBytes, {{{"b64", "%"}}}), "has at index 0 a object, which is no BYTES");
}

TEST(TensorCodec, RefusesNumbersThatWouldChange) {
    EXPECT_EQ(problem(kInt8, {128}), "has at index 0 a number that does not fit INT8");
    EXPECT_EQ(problem(kUint8, {-1}), "has at index 0 a number that does not fit UINT8");
    EXPECT_EQ(
        problem(kInt64, {std::uint64_t{1} << 63}), "has at index 0 a number that does not fit INT64"
    );
    EXPECT_EQ(problem(kInt32, {1.5}), "has at index 0 a number that does not fit INT32");
    EXPECT_EQ(problem(kFp16, {70000}), "has at index 0 a number that does not fit FP16");
    EXPECT_EQ(problem(kFp32, {1e39}), "has at index 0 a number that does not fit FP32");
    EXPECT_EQ(problem(kFp32, {std::numeric_limits<float>::max()}), "none");
}

TEST(TensorCodec, QuotesNoValue) {
    EXPECT_THAT(problem(kInt32, {"My-Secret-Prompt"}), Not(HasSubstr("Secret")));
    EXPECT_THAT(problem(kInt8, {4711}), Not(HasSubstr("4711")));
}

TEST(TensorCodec, RefusesEndlessNesting) {
    json data = json::array();
    for (int i = 0; i < 100'000; ++i) {
        data = json::array({std::move(data)});
    }

    EXPECT_THAT(problem(kInt32, data), HasSubstr("nested"));
}

TEST(TensorCodec, RefusesRawBytesOfAnotherLength) {
    EXPECT_EQ(
        decode_elements(kInt32, 2, "1234567").error(),
        "has 7 bytes, its shape holds 2 elements of 4"
    );
    EXPECT_EQ(
        decode_elements(kBytes, 1, std::string("\5\0\0\0ab", 6)).error(),
        "has a BYTES element that is cut off"
    );
    EXPECT_EQ(decode_elements(kBytes, 1, "\5").error(), "has a BYTES element that is cut off");
    EXPECT_EQ(
        decode_elements(kBytes, 2, std::string("\0\0\0\0", 4)).error(),
        "has 1 elements, its shape holds 2"
    );
}

// ---- Round trips ----

template <class T>
void expect_round_trip(DataType type, const std::vector<T>& values) {
    const json data(values);

    const auto raw = encode_elements(type, values.size(), data);

    RC_ASSERT(raw.has_value());
    RC_ASSERT(raw->size() == values.size() * element_size(type));
    RC_ASSERT(decode_elements(type, values.size(), *raw).value() == data);
}

RC_GTEST_PROP(
    TensorCodecRoundTrip,
    KeepsIntegers,
    (const std::vector<std::int8_t>& a,
     const std::vector<std::int16_t>& b,
     const std::vector<std::int32_t>& c,
     const std::vector<std::int64_t>& d)
) {
    expect_round_trip(kInt8, a);
    expect_round_trip(kInt16, b);
    expect_round_trip(kInt32, c);
    expect_round_trip(kInt64, d);
}

RC_GTEST_PROP(
    TensorCodecRoundTrip,
    KeepsUnsignedIntegers,
    (const std::vector<std::uint8_t>& a,
     const std::vector<std::uint16_t>& b,
     const std::vector<std::uint32_t>& c,
     const std::vector<std::uint64_t>& d)
) {
    expect_round_trip(kUint8, a);
    expect_round_trip(kUint16, b);
    expect_round_trip(kUint32, c);
    expect_round_trip(kUint64, d);
}

RC_GTEST_PROP(
    TensorCodecRoundTrip,
    KeepsFloatsAndBools,
    (const std::vector<float>& a, const std::vector<double>& b, const std::vector<bool>& c)
) {
    expect_round_trip(kFp32, a);
    expect_round_trip(kFp64, b);
    expect_round_trip(kBool, c);
}

RC_GTEST_PROP(
    TensorCodecRoundTrip, KeepsRawBytesOfEveryKind, (const std::vector<std::string>& values)
) {
    json data = json::array();
    for (const std::string& value : values) {
        data.push_back(bytes_element(value));
    }

    const auto raw = encode_elements(kBytes, values.size(), data);

    RC_ASSERT(raw.has_value());
    RC_ASSERT(decode_elements(kBytes, values.size(), *raw).value() == data);
    RC_ASSERT(!json::parse(data.dump()).is_discarded());
}

RC_GTEST_PROP(
    TensorCodecRoundTrip, ReadsAnyBytesWithoutACrash, (const std::string& raw, std::uint8_t count)
) {
    for (const DataType type :
         {kBool, kUint8, kInt16, kFp16, kBf16, kFp32, kFp64, kInt64, kBytes}) {
        const auto decoded = decode_elements(type, count, raw);
        if (decoded) {
            RC_ASSERT(decoded->size() == count);
            RC_ASSERT(encode_elements(type, count, *decoded).has_value());
        }
    }
}

}  // namespace
}  // namespace inference
