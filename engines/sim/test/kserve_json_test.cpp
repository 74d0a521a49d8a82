#include "kserve_json.hpp"

#include "tensor_catalog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace engine_sim {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json infer_body(const char* datatype, const json& data) {
    const auto size = static_cast<std::int64_t>(data.size());
    return {{"inputs", {{{"name", "x"}, {"datatype", datatype}, {"shape", {size}}, {"data", data}}}}
    };
}

/// What a model that echoes makes of the data.
json echoed(const std::string& datatype, const json& data) {
    const TensorCatalog models({TensorModel(
        TensorSignature::parse("m: echo(x " + datatype + "[-1]) -> y " + datatype + "[-1]")
    )});
    const auto request = read_json_request(infer_body(datatype.c_str(), data).dump(), "m", "");
    EXPECT_TRUE(request) << request.error().message;
    const auto response = models.infer(*request);
    EXPECT_TRUE(response) << response.error().message;
    return json_of(*response)["outputs"][0]["data"];
}

std::string refusal(const std::string& body) {
    const auto request = read_json_request(body, "m", "");
    EXPECT_FALSE(request);
    return request ? "" : request.error().message;
}

TEST(KserveJson, EveryDatatypeThatJsonCanHoldSurvives) {
    const json large = {std::int64_t{9'007'199'254'740'993}, std::int64_t{-1}};
    EXPECT_EQ(echoed("INT64", large).dump(), large.dump());  // as numbers, near ones are equal
    EXPECT_EQ(echoed("UINT8", {0, 255}), (json{0, 255}));
    EXPECT_EQ(echoed("INT8", {-128, 127}), (json{-128, 127}));
    EXPECT_EQ(echoed("FP32", {0.5, -2}), (json{0.5, -2.0}));
    EXPECT_EQ(echoed("FP64", {0.1}), (json{0.1}));
    EXPECT_EQ(echoed("BOOL", {true, false}), (json{true, false}));
    EXPECT_EQ(echoed("BYTES", {"hi", "", "é"}), (json{"hi", "", "é"}));
}

TEST(KserveJson, WhatIsMissingOrOfTheWrongTypeIsRefused) {
    EXPECT_THAT(refusal("{}"), HasSubstr("non-existing object member 'inputs'"));
    EXPECT_THAT(refusal(infer_body("FP16", {1}).dump()), HasSubstr("sending FP16 data via JSON"));
    EXPECT_THAT(refusal(infer_body("FP32", {"x"}).dump()), HasSubstr("Unable to parse 'data'"));
    EXPECT_THAT(refusal(infer_body("FP99", {1}).dump()), HasSubstr("invalid data-type"));
    EXPECT_THAT(refusal(""), HasSubstr("failed to parse the request JSON buffer"));
}

TEST(KserveJson, ParametersAndRequestedOutputsAreRead) {
    json body = infer_body("INT8", {1});
    body["parameters"] = {{"priority", 3}, {"flag", true}};
    body["outputs"] = {{{"name", "y"}}};

    const auto request = read_json_request(body.dump(), "m", "1");

    ASSERT_TRUE(request);
    EXPECT_EQ(request->parameters().at("priority").uint64_param(), 3U);
    EXPECT_TRUE(request->parameters().at("flag").bool_param());
    EXPECT_EQ(request->outputs(0).name(), "y");
}

}  // namespace
}  // namespace engine_sim
