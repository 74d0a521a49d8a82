#include "adapters/http/sse_parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace inference {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Strings = std::vector<std::string>;

constexpr std::size_t kRoomy = 1 << 20;

struct Parsed {
    bool ok = true;
    std::vector<SseEvent> events;

    Strings data() const {
        Strings result;
        std::ranges::transform(events, std::back_inserter(result), &SseEvent::data);
        return result;
    }
    bool operator==(const Parsed&) const = default;
};

Parsed parse(const Strings& pieces, std::size_t max_event_bytes = kRoomy) {
    SseParser parser(max_event_bytes);
    Parsed result;
    for (const std::string& piece : pieces) {
        result.ok = parser.feed(piece, result.events);
    }
    return result;
}

Strings single_bytes(const std::string& text) {
    Strings result;
    std::ranges::transform(text, std::back_inserter(result), [](char c) {
        return std::string(1, c);
    });
    return result;
}

TEST(SseParser, TakesEachLineEnding) {
    for (const char* text :
         {"data: a\n\ndata: b\n\n", "data: a\r\n\r\ndata: b\r\n\r\n", "data: a\r\rdata: b\r\r"}) {
        EXPECT_THAT(parse({text}).data(), ElementsAre("a", "b")) << text;
        EXPECT_THAT(parse(single_bytes(text)).data(), ElementsAre("a", "b")) << text;
    }
}

TEST(SseParser, JoinsTheDataOfSeveralLines) {
    EXPECT_THAT(
        parse({"data: {\ndata:  \"a\"\ndata\ndata: }\n\n"}).data(), ElementsAre("{\n \"a\"\n\n}")
    );
}

TEST(SseParser, EndsNoEventBetweenTheTwoBytesOfALineEnding) {
    const std::string text = "data: a\r\ndata: b\r\n\r\n";

    EXPECT_THAT(parse({text}).data(), ElementsAre("a\nb"));
    EXPECT_THAT(parse(single_bytes(text)).data(), ElementsAre("a\nb"));
}

TEST(SseParser, TakesOneSpaceAwayAndNoMore) {
    EXPECT_THAT(
        parse({"data:a\n\ndata: a\n\ndata:  a\n\ndata: a:b\n\n"}).data(),
        ElementsAre("a", "a", " a", "a:b")
    );
}

TEST(SseParser, ReadsOverCommentsAndOtherFields) {
    EXPECT_THAT(
        parse({": keep-alive\n\n:\n\nid: 7\nretry: 10\ndatum: x\ndata: a\n:b\n\n"}).data(),
        ElementsAre("a")
    );
}

TEST(SseParser, KeepsTheTypeOfItsOwnEventOnly) {
    EXPECT_THAT(
        parse({"event: error\ndata: a\n\ndata: b\n\nevent: ping\n\ndata: c\n\n"}).events,
        ElementsAre(SseEvent{"error", "a"}, SseEvent{"", "b"}, SseEvent{"", "c"})
    );
}

TEST(SseParser, GivesAnEventWithEmptyDataButNoneWithoutData) {
    EXPECT_THAT(parse({"data:\n\n\n\nevent: a\n\n"}).data(), ElementsAre(""));
}

TEST(SseParser, SkipsAByteOrderMarkAtTheBeginningOnly) {
    EXPECT_THAT(
        parse({"\xEF\xBB\xBF"
               "data: a\n\n"})
            .data(),
        ElementsAre("a")
    );
    EXPECT_THAT(parse({"\xEF", "\xBB", "\xBF", "data: a\n\n"}).data(), ElementsAre("a"));
    EXPECT_THAT(
        parse({"\xEF\xBB"
               "data: a\n\ndata: b\n\n"})
            .data(),
        ElementsAre("b")
    );
    EXPECT_THAT(
        parse({"\n\xEF\xBB\xBF"
               "data: a\n\ndata: b\n\n"})
            .data(),
        ElementsAre("b")
    );
}

TEST(SseParser, GivesNoEventThatTheStreamEndsWithin) {
    EXPECT_THAT(parse({"data: a\n"}).data(), IsEmpty());
    EXPECT_THAT(parse({"data: a\r"}).data(), IsEmpty());
    EXPECT_THAT(parse({"data: a"}).data(), IsEmpty());
}

TEST(SseParser, KnowsTheEndOfAStream) {
    const Parsed parsed = parse({"data: {}\n\ndata: [DONE]\n\n"});

    ASSERT_EQ(parsed.events.size(), 2U);
    EXPECT_FALSE(parsed.events[0].is_done());
    EXPECT_TRUE(parsed.events[1].is_done());
}

TEST(SseParser, RefusesAnEventAboveItsLimitAndEverythingAfterIt) {
    const std::string line = "data: 123456\n";
    const std::string fits = line + "\n" + line + "\n";
    const std::string is_above = "data: 1234567\n\ndata: 1\n\n";
    const std::string is_above_in_two = line + line + "\n";

    EXPECT_THAT(parse({fits}, 12).data(), ElementsAre("123456", "123456"));
    for (const std::string& text : {is_above, is_above_in_two}) {
        EXPECT_FALSE(parse({text}, 12).ok);
        EXPECT_THAT(parse({text}, 12).data(), IsEmpty());
        EXPECT_FALSE(parse({text, "\n\n", fits}, 12).ok);
        EXPECT_THAT(parse({text, "\n\n", fits}, 12).data(), IsEmpty());
    }
}

TEST(SseParser, KeepsNoMoreThanItsLimitOfALineWithoutAnEnd) {
    EXPECT_FALSE(parse({": 345678", "9012", "3"}, 12).ok);
    EXPECT_TRUE(parse({": 345678", "9012"}, 12).ok);
}

TEST(SseParser, TakesAnyNumberOfEventsAndComments) {
    std::string text;
    for (int i = 0; i < 1000; ++i) {
        text += ": alive\ndata: 1\n\n: alive\n";
    }

    EXPECT_EQ(parse({text}, 12).events.size(), 1000U);
}

// Bytes that mean something to the parser, so that random strings reach all of it.
rc::Gen<std::string> stream() {
    const auto word = rc::gen::element<std::string>(
        "data: ",
        "data",
        "event:",
        "id: 1",
        ":",
        " ",
        "\n",
        "\n",
        "\n\n",
        "\r",
        "\r\n",
        "\r\n\r\n",
        "a",
        "\xC3\xA4",
        "\xE2\x82\xAC",
        "\xEF\xBB\xBF",
        "\xEF",
        "[DONE]",
        std::string(1, '\0')
    );
    return rc::gen::map(rc::gen::container<Strings>(word), [](const Strings& words) {
        std::string text;
        for (const std::string& part : words) {
            text += part;
        }
        return text;
    });
}

RC_GTEST_PROP(SseParser, GivesTheSameEventsHoweverAStreamIsSplit, ()) {
    const std::string text = *stream();
    const auto limit = *rc::gen::element<std::size_t>(4, 12, kRoomy);
    const auto cuts = *rc::gen::container<std::vector<std::size_t>>(
        rc::gen::inRange<std::size_t>(0, text.size() + 1)
    );
    std::vector<std::size_t> ends = cuts;
    ends.push_back(text.size());
    std::ranges::sort(ends);
    Strings pieces;
    std::size_t begin = 0;
    for (const std::size_t end : ends) {
        pieces.push_back(text.substr(begin, end - begin));
        begin = end;
    }

    const Parsed whole = parse({text}, limit);

    RC_ASSERT(parse(pieces, limit) == whole);
    RC_ASSERT(parse(single_bytes(text), limit) == whole);
}

}  // namespace
}  // namespace inference
