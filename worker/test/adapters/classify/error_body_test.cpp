#include "adapters/classify/error_body.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inference {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ErrorBody, ReadsErrorObjects) {
    const ErrorBody body =
        read_error_body(R"({"error":{"message":"m","type":"T","param":"p","code":404}})");

    EXPECT_EQ(body.text, "m\nT\n");
    EXPECT_EQ(body.code, 404);
}

TEST(ErrorBody, ReadsErrorStrings) {
    EXPECT_EQ(read_error_body(R"({"error":"Unauthorized"})").text, "Unauthorized\n");
}

TEST(ErrorBody, ReadsFlatObjects) {
    const ErrorBody body =
        read_error_body(R"({"object":"error","message":"full","type":"Busy","code":503})");

    EXPECT_EQ(body.text, "full\nBusy\n");
    EXPECT_EQ(body.code, 503);
}

TEST(ErrorBody, ReadsCodesThatAreWords) {
    EXPECT_EQ(read_error_body(R"({"error":{"code":"model_not_found"}})").text, "model_not_found\n");
}

TEST(ErrorBody, ReadsDetailsWithoutWhatTheyQuote) {
    EXPECT_EQ(read_error_body(R"({"detail":"Not Found"})").text, "Not Found\n");

    const ErrorBody list =
        read_error_body(R"({"detail":[{"msg":"field required","input":"secret"},7]})");

    EXPECT_EQ(list.text, "field required\n");
}

TEST(ErrorBody, TakesTheBeginningOfWhatIsNotJson) {
    EXPECT_EQ(read_error_body("<html>502</html>").text, "<html>502</html>");
    EXPECT_EQ(read_error_body("").text, "");
    EXPECT_LT(read_error_body(std::string(1 << 20, 'x')).text.size(), 20'000U);
}

TEST(ErrorBody, SurvivesJsonOfAnyShape) {
    for (const char* body :
         {"null",
          "[]",
          "1",
          R"("text")",
          R"({"error":null})",
          R"({"error":{"message":7,"code":-1}})",
          R"({"detail":{}})",
          R"({"error":[1]})",
          R"({"code":18446744073709551615})"}) {
        EXPECT_EQ(read_error_body(body).code, 0) << body;
    }
}

TEST(ErrorObject, IsRecognisedInsideA200) {
    using nlohmann::json;
    EXPECT_TRUE(is_error_object(json::parse(R"({"error":{"message":"m"}})")));
    EXPECT_TRUE(is_error_object(json::parse(R"({"error":"m"})")));
    EXPECT_TRUE(is_error_object(json::parse(R"({"object":"error","message":"m"})")));
    EXPECT_FALSE(is_error_object(json::parse(R"({"error":null,"choices":[]})")));
    EXPECT_FALSE(is_error_object(json::parse("[1]")));
}

}  // namespace
}  // namespace inference
