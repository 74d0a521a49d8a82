#include "temporal/history.hpp"

#include "converter/enum_names.hpp"
#include "temporal/api/history/v1/message.pb.h"
#include "temporal/error.hpp"

#include <google/protobuf/util/json_util.h>
#include <nlohmann/json.hpp>

namespace temporal {
namespace {

using Message = api::history::v1::History;

std::string workflow_id_of(const Message& history) {
    return history.events_size() == 0
               ? std::string{}
               : history.events(0).workflow_execution_started_event_attributes().workflow_id();
}

/// An empty message is what any object without our fields parses to, such as the listing of another
/// command.
void require_events(const Message& history) {
    if (history.events_size() == 0) {
        throw Error(
            "not a workflow history: it has no events; write one with: temporal workflow show "
            "--output json"
        );
    }
}

}  // namespace

History History::from_json(std::string_view text) {
    nlohmann::json document = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!document.is_object()) {
        throw Error("not a workflow history: the text is no JSON object");
    }
    proto::lengthen_enum_names(document, *Message::descriptor());

    Message history;
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;
    const auto status =
        google::protobuf::util::JsonStringToMessage(document.dump(), &history, options);
    if (!status.ok()) {
        // protobuf's message quotes the value that it stumbles over, which may be a payload.
        throw Error("not a workflow history: a field of the JSON has a value of the wrong type");
    }
    require_events(history);
    return {
        history.SerializeAsString(),
        static_cast<std::size_t>(history.events_size()),
        workflow_id_of(history)
    };
}

History History::from_binary(std::string bytes) {
    Message history;
    if (!history.ParseFromString(bytes)) {
        throw Error(
            "not a workflow history: the bytes are no serialised temporal.api.history.v1.History"
        );
    }
    require_events(history);
    return {
        std::move(bytes), static_cast<std::size_t>(history.events_size()), workflow_id_of(history)
    };
}

std::string History::to_json() const {
    Message history;
    history.ParseFromString(bytes_);
    google::protobuf::util::JsonPrintOptions options;
    options.add_whitespace = true;
    std::string text;
    const auto status = google::protobuf::util::MessageToJsonString(history, &text, options);
    if (!status.ok()) {
        throw Error("the history cannot be written as JSON");
    }
    return text;
}

}  // namespace temporal
