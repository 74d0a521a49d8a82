#include "stages/tensor_batch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace inference {
namespace {

using nlohmann::json;
using testing::HasSubstr;

EngineCall call_of(const char* body, std::string model = "m") {
    EngineCall call;
    call.model = std::move(model);
    call.task = Task::kTensors;
    call.body = json::parse(body);
    return call;
}

constexpr char kOne[] = R"({"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[1,2]}]})";

std::uint64_t kind_of(const char* body) {
    return tensor_kind(call_of(body));
}

TEST(TensorKind, OfCallsThatDifferInTheirDataOnlyIsTheSame) {
    EXPECT_NE(kind_of(kOne), 0U);
    EXPECT_EQ(
        kind_of(kOne),
        kind_of(R"({"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[3,4]}]})")
    );
    EngineCall other = call_of(kOne);
    other.request_id = "r";
    other.traceparent = "t";
    EXPECT_EQ(tensor_kind(other), kind_of(kOne));
}

TEST(TensorKind, OfAnyOtherCallIsAnother) {
    for (const char* const other : {
             R"({"inputs":[{"name":"y","datatype":"FP32","shape":[1,2],"data":[1,2]}]})",
             R"({"inputs":[{"name":"x","datatype":"INT8","shape":[1,2],"data":[1,2]}]})",
             R"({"inputs":[{"name":"x","datatype":"FP32","shape":[1,1],"data":[1]}]})",
             R"({"inputs":[{"name":"x","datatype":"FP32","shape":[1,2,1],"data":[1,2]}]})",
             R"({"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[1,2],"parameters":{"a":1}}]})",
             R"({"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[1,2]}],"parameters":{"a":1}})",
             R"({"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[1,2]}],"outputs":[{"name":"o"}]})",
             R"({"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[1,2]},
                 {"name":"y","datatype":"FP32","shape":[1],"data":[1]}]})",
         }) {
        EXPECT_NE(kind_of(other), 0U) << other;
        EXPECT_NE(kind_of(other), kind_of(kOne)) << other;
    }
    EXPECT_NE(tensor_kind(call_of(kOne, "n")), kind_of(kOne)) << "another model";
}

TEST(TensorKind, OfWhatHasNotOneRowIsNone) {
    for (const char* const alone : {
             R"({"inputs":[{"name":"x","datatype":"FP32","shape":[2,2],"data":[1,2,3,4]}]})",
             R"({"inputs":[{"name":"x","datatype":"FP32","shape":[0,2],"data":[]}]})",
             R"({"inputs":[{"name":"x","datatype":"FP32","shape":[],"data":[1]}]})",
             R"({"inputs":[{"name":"x","datatype":"FP32","data":[1]}]})",
             R"({"inputs":[{"name":"x","datatype":"FP32","shape":1,"data":[1]}]})",
             R"({"inputs":[{"name":"x","datatype":"FP32","shape":[1,2]}]})",
             R"({"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":"AAAA"}]})",
             R"({"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1]},
                 {"name":"y","datatype":"FP32","shape":[2],"data":[1,2]}]})",
             R"({"inputs":[7]})",
             R"({"inputs":{}})",
             R"({"inputs":null})",
             "{}",
             "[]",
         }) {
        EXPECT_EQ(kind_of(alone), 0U) << alone;
    }
}

TEST(TensorKind, OfAnotherTaskIsNone) {
    EngineCall call = call_of(kOne);
    call.task = Task::kEmbed;
    EXPECT_EQ(tensor_kind(call), 0U);
}

TEST(TensorKind, TakesTextThatIsNoUtf8) {
    EngineCall call = call_of(kOne);
    call.body["parameters"] = {{"a", "\xFF"}};
    call.body["inputs"][0]["name"] = "\xFE";
    EXPECT_NE(tensor_kind(call), 0U);
}

TEST(MergeTensors, HasTheRowsOfAllInTheirOrder) {
    EngineCall first = call_of(
        R"({"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[1,2]},
        {"name":"y","datatype":"BYTES","shape":[1],"data":["a"]}],"parameters":{"p":1},"outputs":[{"name":"o"}]})"
    );
    first.request_id = "first";
    first.priority = 10;
    EngineCall second = first;
    second.body["inputs"][0]["data"] = {3, 4};
    second.body["inputs"][1]["data"] = {"b"};
    second.request_id = "second";
    EngineCall third = second;
    third.body["inputs"][0]["data"] = {5, 6};
    third.body["inputs"][1]["data"] = {"c"};
    ASSERT_EQ(tensor_kind(first), tensor_kind(second));

    EngineCall expected = first;
    expected.body = json::parse(
        R"({"inputs":[{"name":"x","datatype":"FP32","shape":[3,2],"data":[1,2,3,4,5,6]},
        {"name":"y","datatype":"BYTES","shape":[3],"data":["a","b","c"]}],"parameters":{"p":1},"outputs":[{"name":"o"}]})"
    );
    EXPECT_EQ(merge_tensors({&first, &second, &third}), expected);
}

TEST(MergeTensors, OfOneIsThatOne) {
    const EngineCall call = call_of(kOne);
    EXPECT_EQ(merge_tensors({&call}), call);
}

TEST(SplitTensors, GivesEachItsRow) {
    const auto parts = split_tensors(
        json::parse(
            R"({"model_name":"m","model_version":"1","outputs":[
        {"name":"o","datatype":"FP32","shape":[2,3],"data":[1,2,3,4,5,6],"parameters":{"a":1}},
        {"name":"label","datatype":"BYTES","shape":[2],"data":["a","b"]}]})"
        ),
        2
    );
    ASSERT_TRUE(parts) << parts.error().message;
    EXPECT_EQ(
        *parts,
        (std::vector<json>{
            json::parse(
                R"({"model_name":"m","model_version":"1","outputs":[
            {"name":"o","datatype":"FP32","shape":[1,3],"data":[1,2,3],"parameters":{"a":1}},
            {"name":"label","datatype":"BYTES","shape":[1],"data":["a"]}]})"
            ),
            json::parse(
                R"({"model_name":"m","model_version":"1","outputs":[
            {"name":"o","datatype":"FP32","shape":[1,3],"data":[4,5,6],"parameters":{"a":1}},
            {"name":"label","datatype":"BYTES","shape":[1],"data":["b"]}]})"
            ),
        })
    );
}

TEST(SplitTensors, OfOneCallIsTheAnswerItself) {
    const json body =
        json::parse(R"({"outputs":[{"name":"o","datatype":"FP32","shape":[1,2],"data":[1,2]}]})");
    EXPECT_EQ(split_tensors(body, 1), std::vector<json>{body});
}

TEST(SplitTensors, TakesRowsThatHoldNothing) {
    const auto parts = split_tensors(
        json::parse(R"({"outputs":[{"name":"o","datatype":"FP32","shape":[2,0],"data":[]}]})"), 2
    );
    ASSERT_TRUE(parts);
    EXPECT_EQ(
        parts->at(1),
        json::parse(R"({"outputs":[{"name":"o","datatype":"FP32","shape":[1,0],"data":[]}]})")
    );
}

TEST(SplitTensors, RefusesAnOutputThatHasAnotherNumberOfRows) {
    for (const char* const output : {
             R"({"name":"o","datatype":"FP32","shape":[1,4],"data":[1,2,3,4]})",
             R"({"name":"o","datatype":"FP32","shape":[3],"data":[1,2,3]})",
             R"({"name":"o","datatype":"FP32","shape":[],"data":[1]})",
             R"({"name":"o","datatype":"FP32","data":[1,2]})",
             R"({"name":"o","datatype":"FP32","shape":2,"data":[1,2]})",
             R"({"name":"o","datatype":"FP32","shape":[2,2],"data":[1,2,3]})",
             R"({"name":"o","datatype":"FP32","shape":[2]})",
             "7",
         }) {
        const auto parts = split_tensors(
            {{"outputs",
              {json::parse(R"({"name":"fits","datatype":"FP32","shape":[2],"data":[1,2]})"),
               json::parse(output)}}},
            2
        );
        ASSERT_FALSE(parts) << output;
        EXPECT_EQ(parts.error().error_class, ErrorClass::kFatal);
        EXPECT_EQ(parts.error().code, ErrorCode::kEngine5xx);
        EXPECT_TRUE(parts.error().sent);
        EXPECT_THAT(parts.error().message, HasSubstr("was sent 2 items as one batch"));
        EXPECT_THAT(parts.error().message, HasSubstr("set max_batch: 1"));
    }
}

TEST(SplitTensors, UndoesWhatMergingDid) {
    std::vector<EngineCall> calls;
    for (int i = 0; i < 50; ++i) {
        calls.push_back(call_of(kOne));
        calls.back().body["inputs"][0]["data"] = {i, -i};
    }
    std::vector<const EngineCall*> all;
    for (const EngineCall& call : calls) {
        all.push_back(&call);
    }
    const json merged = merge_tensors(all).body;
    const auto parts = split_tensors({{"outputs", merged.at("inputs")}}, std::ssize(calls));
    ASSERT_TRUE(parts);
    for (std::size_t i = 0; i < calls.size(); ++i) {
        EXPECT_EQ(parts->at(i).at("outputs"), calls[i].body.at("inputs"));
    }
}

}  // namespace
}  // namespace inference
