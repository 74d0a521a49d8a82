#include "events/event.hpp"

#include "events/events.hpp"

#include <gtest/gtest.h>

namespace inference {
namespace {

TEST(Event, HasTheFormThatReadersInOtherLanguagesRelyOn) {
    EXPECT_EQ(
        nlohmann::json(token("hi", 2, 3)),
        nlohmann::json::parse(R"({"job_id":"job","run_id":"run","epoch":2,"seq":3,"type":"token",
            "ts":"2023-11-14T22:13:20.123Z","data":{"index":0,"text":"hi"}})")
    );
}

TEST(Event, OfEveryTypeComesBackAsItWas) {
    for (const EventType type :
         {EventType::kStage,
          EventType::kProgress,
          EventType::kToken,
          EventType::kReset,
          EventType::kEnd}) {
        const Event before = event(type, 4, 5, {{"any", "thing"}});
        EXPECT_EQ(event_from(before), before) << to_string(type);
    }
}

TEST(Event, ThatLacksSomethingOrIsNoneIsNotRead) {
    const nlohmann::json whole = token("hi");
    for (const char* key : {"job_id", "epoch", "seq", "type", "ts", "data"}) {
        nlohmann::json part = whole;
        part.erase(key);
        EXPECT_EQ(event_from(part), std::nullopt) << key;
        part[key] = nlohmann::json::array();
        EXPECT_EQ(event_from(part), std::nullopt) << key;
    }
    EXPECT_EQ(event_from(nlohmann::json::array()), std::nullopt);
    EXPECT_EQ(event_from(nullptr), std::nullopt);
}

}  // namespace
}  // namespace inference
