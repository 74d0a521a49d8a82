#include "temporal/history.hpp"

#include "temporal/api/history/v1/message.pb.h"
#include "temporal/error.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace temporal {
namespace {

/// As `temporal workflow show --output json` wrote it.
std::string recorded_json() {
    std::ifstream file(HISTORY_DATA_DIR "/terminated_before_a_worker_came.json");
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    const auto at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), by);
}

api::history::v1::History parsed(const History& history) {
    api::history::v1::History message;
    message.ParseFromString(history.binary());
    return message;
}

std::string error_of(const std::string& json) {
    try {
        static_cast<void>(History::from_json(json));
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

TEST(History, ReadsWhatTheCommandLineToolWrites) {
    const History history = History::from_json(recorded_json());

    EXPECT_EQ(history.event_count(), 4U);
    EXPECT_EQ(history.workflow_id(), "w1");
    const auto message = parsed(history);
    EXPECT_EQ(
        message.events(0).event_type(), api::enums::v1::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED
    );
    EXPECT_EQ(
        message.events(0).workflow_execution_started_event_attributes().input().payloads(0).data(),
        R"({"a":1})"
    );
    EXPECT_EQ(
        message.events(3).workflow_execution_terminated_event_attributes().reason(),
        "Requested from CLI"
    );
}

TEST(History, ReadsEnumeratorsByTheirShortNamesToo) {
    std::string json = replaced(
        recorded_json(), "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED", "WorkflowExecutionStarted"
    );
    json = replaced(json, "TASK_QUEUE_KIND_NORMAL", "Normal");

    EXPECT_EQ(History::from_json(json).binary(), History::from_json(recorded_json()).binary());
}

TEST(History, IgnoresFieldsOfANewerServer) {
    const std::string json =
        replaced(recorded_json(), R"("eventId": "1")", R"("eventId": "1", "brandNew": {"x": 1})");

    EXPECT_EQ(History::from_json(json).binary(), History::from_json(recorded_json()).binary());
}

TEST(History, ComesBackFromBothOfItsForms) {
    const History history = History::from_json(recorded_json());

    EXPECT_EQ(History::from_binary(history.binary()).event_count(), 4U);
    EXPECT_EQ(History::from_json(history.to_json()).binary(), history.binary());
}

TEST(History, RefusesWhatIsNoneWithoutQuotingIt) {
    EXPECT_EQ(error_of("secret"), "not a workflow history: the text is no JSON object");
    EXPECT_NE(error_of(R"({"workflows":[]})").find("it has no events"), std::string::npos);
    const std::string wrong_type =
        error_of(replaced(recorded_json(), R"("eventId": "1")", R"("eventId": "secret")"));
    EXPECT_NE(wrong_type.find("wrong type"), std::string::npos) << wrong_type;
    EXPECT_EQ(wrong_type.find("secret"), std::string::npos) << wrong_type;
    EXPECT_THROW(static_cast<void>(History::from_binary("secret")), Error);
    EXPECT_THROW(static_cast<void>(History::from_binary("")), Error);
}

}  // namespace
}  // namespace temporal
