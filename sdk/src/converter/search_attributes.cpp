#include "temporal/search_attributes.hpp"

#include "converter/merge_payloads.hpp"
#include "converter/rfc3339.hpp"
#include "temporal/converter.hpp"

namespace temporal {

std::string_view to_string(SearchAttributeType type) noexcept {
    switch (type) {
        case SearchAttributeType::kText: return "Text";
        case SearchAttributeType::kKeyword: return "Keyword";
        case SearchAttributeType::kInt: return "Int";
        case SearchAttributeType::kDouble: return "Double";
        case SearchAttributeType::kBool: return "Bool";
        case SearchAttributeType::kDatetime: return "Datetime";
        case SearchAttributeType::kKeywordList: return "KeywordList";
    }
    return "Keyword";
}

namespace {

template <class T>
Payload typed_payload(const T& value, SearchAttributeType type) {
    Payload payload = to_payload(value);
    payload.metadata.emplace("type", to_string(type));
    return payload;
}

}  // namespace

Payload SearchAttributes::removal() {
    return to_payload(std::nullopt);
}

void SearchAttributes::merge(const SearchAttributes& changes) {
    merge_payloads(fields_, changes.fields_);
}

Payload SearchAttributes::encode(const std::string& value, SearchAttributeType type) {
    return typed_payload(value, type);
}
Payload SearchAttributes::encode(std::int64_t value, SearchAttributeType type) {
    return typed_payload(value, type);
}
Payload SearchAttributes::encode(double value, SearchAttributeType type) {
    return typed_payload(value, type);
}
Payload SearchAttributes::encode(bool value, SearchAttributeType type) {
    return typed_payload(value, type);
}
Payload SearchAttributes::encode(
    std::chrono::system_clock::time_point value, SearchAttributeType type
) {
    return typed_payload(to_rfc3339(value), type);
}
Payload SearchAttributes::encode(const std::vector<std::string>& value, SearchAttributeType type) {
    return typed_payload(value, type);
}

void SearchAttributes::decode(const Payload& payload, std::string& value) {
    value = from_payload<std::string>(payload);
}
void SearchAttributes::decode(const Payload& payload, std::int64_t& value) {
    value = from_payload<std::int64_t>(payload);
}
void SearchAttributes::decode(const Payload& payload, double& value) {
    value = from_payload<double>(payload);
}
void SearchAttributes::decode(const Payload& payload, bool& value) {
    value = from_payload<bool>(payload);
}
void SearchAttributes::decode(
    const Payload& payload, std::chrono::system_clock::time_point& value
) {
    const auto time = from_rfc3339(from_payload<std::string>(payload));
    if (!time) {
        detail::throw_conversion_error(
            payload, "a point in time", "the text is not in the form of RFC 3339"
        );
    }
    value = *time;
}
void SearchAttributes::decode(const Payload& payload, std::vector<std::string>& value) {
    value = from_payload<std::vector<std::string>>(payload);
}

}  // namespace temporal
