#include "events/event.hpp"

#include "contracts/json_field.hpp"
#include "contracts/name_table.hpp"

#include <utility>

namespace inference {
namespace {

using Json = nlohmann::json;

constexpr NameTable<EventType, 5> kTypes{{
    {EventType::kStage, "stage"},
    {EventType::kProgress, "progress"},
    {EventType::kToken, "token"},
    {EventType::kReset, "reset"},
    {EventType::kEnd, "end"},
}};

std::optional<std::string> text_in(const Json& json, const char* key) {
    const Json* const value = field(json, key);
    return value != nullptr && value->is_string() ? std::optional(value->get<std::string>())
                                                  : std::nullopt;
}

std::optional<std::int64_t> number_in(const Json& json, const char* key) {
    const Json* const value = field(json, key);
    return value != nullptr && value->is_number_integer()
               ? std::optional(value->get<std::int64_t>())
               : std::nullopt;
}

}  // namespace

std::string_view to_string(EventType type) noexcept {
    return name_in(kTypes, type);
}

std::optional<EventType> event_type_from(std::string_view name) noexcept {
    return value_in(kTypes, name);
}

void to_json(Json& json, const Event& event) {
    json = {
        {"job_id", event.job_id},
        {"run_id", event.run_id},
        {"epoch", event.epoch},
        {"seq", event.seq},
        {"type", to_string(event.type)},
        {"ts", to_iso8601(event.time)},
        {"data", event.data.is_null() ? Json::object() : event.data},
    };
}

std::optional<Event> event_from(const Json& json) {
    auto job_id = text_in(json, "job_id");
    const auto epoch = number_in(json, "epoch");
    const auto seq = number_in(json, "seq");
    const auto type = event_type_from(text_in(json, "type").value_or(""));
    const auto time = timestamp_from(text_in(json, "ts").value_or(""));
    const Json* const data = field(json, "data");
    if (!job_id || !epoch || !seq || !type || !time || data == nullptr || !data->is_object()) {
        return std::nullopt;
    }
    return Event{
        .job_id = *std::move(job_id),
        .run_id = text_in(json, "run_id").value_or(""),
        .epoch = *epoch,
        .seq = *seq,
        .type = *type,
        .time = *time,
        .data = *data
    };
}

}  // namespace inference
