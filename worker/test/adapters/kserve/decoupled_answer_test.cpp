#include "adapters/kserve/decoupled_answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inference {
namespace {

using nlohmann::json;
using testing::HasSubstr;

kserve::ModelStreamInferResponse response(bool is_final = false) {
    kserve::ModelStreamInferResponse result;
    auto& answer = *result.mutable_infer_response();
    answer.set_model_name("repeat");
    answer.set_id("job-1");
    (*answer.mutable_parameters())["triton_final_response"].set_bool_param(is_final);
    return result;
}

void add_output(
    kserve::ModelStreamInferResponse& response,
    const std::string& name,
    const std::vector<std::int64_t>& shape,
    const std::vector<std::int32_t>& data
) {
    auto& output = *response.mutable_infer_response()->add_outputs();
    output.set_name(name);
    output.set_datatype("INT32");
    output.mutable_shape()->Add(shape.begin(), shape.end());
    response.mutable_infer_response()->add_raw_output_contents(
        std::string(reinterpret_cast<const char*>(data.data()), data.size() * sizeof(std::int32_t))
    );
}

kserve::ModelStreamInferResponse with_output(
    const std::vector<std::int64_t>& shape,
    const std::vector<std::int32_t>& data,
    bool is_final = false
) {
    auto result = response(is_final);
    add_output(result, "out", shape, data);
    return result;
}

json body_of(const std::optional<DecoupledAnswer::Decision>& decision) {
    const auto* body = decision ? std::get_if<json>(&*decision) : nullptr;
    EXPECT_NE(body, nullptr) << "no answer";
    return body == nullptr ? json() : *body;
}

DefectSignal defect_of(const std::optional<DecoupledAnswer::Decision>& decision) {
    const auto* signal = decision ? std::get_if<Signal>(&*decision) : nullptr;
    const auto* defect = signal == nullptr ? nullptr : std::get_if<DefectSignal>(signal);
    EXPECT_NE(defect, nullptr) << "no defect";
    return defect == nullptr ? DefectSignal{} : *defect;
}

TEST(DecoupledAnswer, JoinsOutputsOfOneNameAlongTheirFirstDimensionInTheOrderOfArrival) {
    DecoupledAnswer answer({"out"});
    EXPECT_FALSE(answer.add(with_output({1, 2}, {1, 2})));
    EXPECT_FALSE(answer.add(with_output({2, 2}, {3, 4, 5, 6})));

    const auto decision = answer.add(response(true));

    EXPECT_EQ(
        body_of(decision), json::parse(R"({"model_name":"repeat","model_version":"","id":"job-1",
        "outputs":[{"name":"out","datatype":"INT32","shape":[3,2],"data":[1,2,3,4,5,6]}]})")
    );
}

TEST(DecoupledAnswer, TakesOutputsThatCameInSomeAnswersOnly) {
    DecoupledAnswer answer({});
    answer.add(with_output({1}, {1}));
    auto second = response();
    add_output(second, "other", {1}, {7});
    answer.add(second);

    const json outputs = body_of(answer.add(with_output({1}, {2}, true)))["outputs"];

    ASSERT_EQ(outputs.size(), 2U);
    EXPECT_EQ(outputs[0]["data"], json({1, 2}));
    EXPECT_EQ(outputs[1]["data"], json({7}));
}

TEST(DecoupledAnswer, LeavesASingleAnswerAsItIs) {
    DecoupledAnswer answer({});
    auto only = response(true);
    add_output(only, "out", {}, {5});
    (*only.mutable_infer_response()->mutable_parameters())["cached"].set_bool_param(true);

    const json body = body_of(answer.add(only));

    EXPECT_EQ(body["outputs"][0]["shape"], json::array());
    EXPECT_EQ(body["outputs"][0]["data"], json({5}));
    EXPECT_EQ(body["parameters"], json({{"cached", true}}));
}

TEST(DecoupledAnswer, OfNoAnswersIsAnEmptyListOfOutputs) {
    DecoupledAnswer answer({"out"});

    const json body = body_of(answer.add(response(true)));

    EXPECT_EQ(body["outputs"], json::array());
    EXPECT_EQ(body["model_name"], "repeat");
    EXPECT_FALSE(answer.has_begun());
}

TEST(DecoupledAnswer, ThatCannotBeJoinedIsADefectThatSaysWhy) {
    const auto joined = [](const auto& first, const auto& second) {
        DecoupledAnswer answer({});
        answer.add(first);
        return defect_of(answer.add(second));
    };
    auto other_type = with_output({1, 2}, {1, 2});
    other_type.mutable_infer_response()->mutable_outputs(0)->set_datatype("UINT32");
    const auto pair = with_output({1, 2}, {1, 2});
    const std::int64_t longest = INT64_MAX;

    EXPECT_THAT(
        joined(pair, with_output({1, 3}, {1, 2, 3})).detail,
        HasSubstr("output 'out' comes in shapes [1,2] and [1,3]")
    );
    EXPECT_THAT(joined(pair, with_output({2}, {1, 2})).detail, HasSubstr("cannot be joined"));
    EXPECT_THAT(joined(pair, other_type).detail, HasSubstr("two datatypes"));
    EXPECT_THAT(
        joined(with_output({}, {1}), with_output({}, {2})).detail, HasSubstr("no dimension")
    );
    EXPECT_THAT(
        joined(with_output({longest, 0}, {}), with_output({1, 0}, {})).detail,
        HasSubstr("longer than any tensor")
    );
    EXPECT_EQ(joined(pair, with_output({2, 2}, {1})).defect, Defect::kWrongSize);
}

TEST(DecoupledAnswer, WithoutAnOutputThatWasAskedForIsADefect) {
    DecoupledAnswer answer({"out", "other"});

    EXPECT_EQ(defect_of(answer.add(with_output({1}, {1}, true))).defect, Defect::kIncomplete);
}

TEST(DecoupledAnswer, EndsWithAMessageInTheStream) {
    DecoupledAnswer answer({});
    answer.add(with_output({1}, {1}));
    kserve::ModelStreamInferResponse failed;
    failed.set_error_message("CUDA out of memory");

    const auto decision = answer.add(failed);

    ASSERT_TRUE(decision);
    EXPECT_EQ(std::get<InBandSignal>(std::get<Signal>(*decision)).body, "CUDA out of memory");
    EXPECT_TRUE(answer.has_begun());
}

}  // namespace
}  // namespace inference
