#include "temporal/converter.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace temporal {
namespace {

struct Prompt {
    std::string text;
    int max_tokens = 16;
    friend bool operator==(const Prompt&, const Prompt&) = default;
};

void to_json(nlohmann::json& json, const Prompt& prompt) {
    json = {{"text", prompt.text}, {"max_tokens", prompt.max_tokens}};
}

void from_json(const nlohmann::json& json, Prompt& prompt) {
    json.at("text").get_to(prompt.text);
    prompt.max_tokens = json.value("max_tokens", 16);
}

Payload payload_of(std::string encoding, std::string data) {
    return {.metadata = {{"encoding", std::move(encoding)}}, .data = std::move(data)};
}

template <class T>
std::string error_of_reading(const Payload& payload) {
    try {
        static_cast<void>(from_payload<T>(payload));
    } catch (const ConversionError& error) {
        return error.what();
    }
    return "no error";
}

TEST(Converter, AStructTravelsAsJson) {
    const Payload payload = to_payload(Prompt{.text = "hi", .max_tokens = 3});

    EXPECT_EQ(payload.encoding(), "json/plain");
    EXPECT_EQ(
        nlohmann::json::parse(payload.data), (nlohmann::json{{"text", "hi"}, {"max_tokens", 3}})
    );
    EXPECT_EQ(from_payload<Prompt>(payload), (Prompt{.text = "hi", .max_tokens = 3}));
}

RC_GTEST_PROP(
    Converter, NumbersAndListsComeBackAsTheyWere, (const std::vector<std::int64_t>& numbers)
) {
    RC_ASSERT(from_payload<std::vector<std::int64_t>>(to_payload(numbers)) == numbers);
}

TEST(Converter, ALiteralIsAString) {
    const Payloads payloads = to_payloads("hi", 3);

    EXPECT_EQ(payloads.at(0).data, R"("hi")");
    EXPECT_EQ(payloads.at(0).encoding(), "json/plain");
    EXPECT_EQ(payloads.at(1).data, "3");
}

TEST(Converter, JsonOfProtobufMessagesIsReadAsJson) {
    EXPECT_EQ(from_payload<Prompt>(payload_of("json/protobuf", R"({"text":"hi"})")).text, "hi");
}

TEST(Converter, BytesTravelAsTheyAre) {
    const std::vector<std::byte> bytes{std::byte{0}, std::byte{255}, std::byte{'"'}};

    const Payload payload = to_payload(bytes);

    EXPECT_EQ(payload.encoding(), "binary/plain");
    EXPECT_EQ(payload.data, std::string("\0\xff\"", 3));
    EXPECT_EQ(from_payload<std::vector<std::byte>>(payload), bytes);
}

TEST(Converter, AnEmptyOptionalIsNullAndNullIsAnEmptyOptional) {
    EXPECT_EQ(to_payload(std::optional<int>{}).encoding(), "binary/null");
    for (const Payload& null : {payload_of("binary/null", ""), payload_of("json/plain", "null")}) {
        EXPECT_EQ(from_payload<std::optional<int>>(null), std::nullopt);
    }
    EXPECT_EQ(from_payload<std::optional<int>>(to_payload(7)), 7);
}

TEST(Converter, APayloadPassesThroughUntouched) {
    const Payload payload = payload_of("custom/thing", "secret");

    EXPECT_EQ(to_payload(payload), payload);
    EXPECT_EQ(from_payload<Payload>(payload), payload);
}

TEST(Converter, ErrorsNameTheEncodingAndNeverTheData) {
    const std::string secret = "attack at dawn";
    const std::vector<std::pair<Payload, std::string>> cases = {
        {payload_of("json/plain", "{" + secret), "json/plain"},
        {payload_of("json/plain", "\"" + secret + "\""), "json/plain"},
        {payload_of("binary/plain", secret), "binary/plain"},
        {payload_of("binary/encrypted", secret), "binary/encrypted"},
        {Payload{.metadata = {}, .data = secret}, "no encoding"},
    };
    for (const auto& [payload, named] : cases) {
        const std::string error = error_of_reading<Prompt>(payload);
        EXPECT_NE(error.find(named), std::string::npos) << error;
        EXPECT_EQ(error.find("attack"), std::string::npos) << error;
    }
}

TEST(Converter, TextThatIsNoUtf8IsRefusedWithoutQuotingIt) {
    try {
        static_cast<void>(to_payload(std::string("secret\xff")));
        FAIL() << "it was written";
    } catch (const ConversionError& error) {
        EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos) << error.what();
        EXPECT_NE(std::string(error.what()).find("UTF-8"), std::string::npos) << error.what();
    }
}

TEST(Converter, JsonThatIsNestedWithoutEndIsRefusedBeforeItUsesUpTheStack) {
    const auto nested = [](std::size_t depth) {
        const std::string text = std::string(depth, '[') + std::string(depth, ']');
        return Payload{.metadata = {{"encoding", "json/plain"}}, .data = text};
    };
    EXPECT_NO_THROW((void)from_payload<nlohmann::json>(nested(500)));
    EXPECT_THROW((void)from_payload<nlohmann::json>(nested(501)), ConversionError);
    EXPECT_THROW((void)from_payload<nlohmann::json>(nested(200'000)), ConversionError);
    const std::string brackets =
        "\"" + std::string(1000, '[') + "\\\"" + std::string(1000, '{') + "\"";
    EXPECT_NO_THROW((void
    )from_payload<std::string>(Payload{.metadata = {{"encoding", "json/plain"}}, .data = brackets})
    );
}

TEST(Converter, SurplusArgumentsAreIgnoredAndMissingOnesAreCounted) {
    const Payloads three = to_payloads(1, std::string("two"), 3.5);

    EXPECT_EQ((from_payloads<int, std::string>(three)), (std::tuple<int, std::string>{1, "two"}));
    try {
        static_cast<void>(from_payloads<int, std::string, double, int>(three));
        FAIL() << "four were read";
    } catch (const ConversionError& error) {
        EXPECT_STREQ(error.what(), "expected 4 arguments, got 3");
    }
}

}  // namespace
}  // namespace temporal
