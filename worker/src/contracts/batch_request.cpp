#include "contracts/batch_request.hpp"

#include "contracts/describe.hpp"
#include "contracts/error.hpp"
#include "contracts/field_reader.hpp"
#include "contracts/json_field.hpp"
#include "contracts/name_table.hpp"

#include <stdexcept>
#include <utility>

namespace inference {
namespace {

constexpr std::int64_t kLargestChunk = 10'000;
constexpr std::int64_t kMostChunks = 100;

constexpr NameTable<FailurePolicy, 2> kPolicies{{
    {FailurePolicy::kContinue, "continue"},
    {FailurePolicy::kFailFast, "fail_fast"},
}};

void read_bounded(FieldReader& fields, const char* key, std::int64_t most, std::int64_t& out) {
    fields.read(key, out);
    if (fields.ok() && (out < 1 || out > most)) {
        fields.complain(
            key,
            "is " + std::to_string(out) + "; it takes a whole number from 1 to " +
                std::to_string(most)
        );
    }
}

void read_ratio(FieldReader& fields, std::optional<double>& ratio) {
    fields.read("max_failed_ratio", ratio);
    if (fields.ok() && ratio && !(*ratio >= 0 && *ratio <= 1)) {
        fields.complain("max_failed_ratio", "is out of range; it takes a number from 0 to 1");
    }
}

void read_items(FieldReader& fields, const nlohmann::json& json, BatchRequest& request) {
    const nlohmann::json* items = field(json, "items");
    if (items != nullptr && !items->is_array()) {
        return fields.complain("items", "is " + describe(*items) + "; it takes an array of items");
    }
    if ((items != nullptr) == request.items_ref.has_value()) {
        return fields.complain(
            "items",
            items != nullptr ? "stands beside 'items_ref'; give one of the two"
                             : "is missing, and so is 'items_ref'; give one of the two"
        );
    }
    if (items != nullptr && items->empty()) {
        fields.complain("items", "is empty; it takes at least one item");
    }
}

template <class T>
void put(nlohmann::json& json, const char* key, const std::optional<T>& value) {
    if (value) {
        json[key] = *value;
    }
}

}  // namespace

std::string_view to_string(FailurePolicy policy) noexcept {
    return name_in(kPolicies, policy);
}

std::optional<FailurePolicy> failure_policy_from(std::string_view name) noexcept {
    return value_in(kPolicies, name);
}

std::string failure_policy_names() {
    return names_in(kPolicies);
}

Result<BatchRequest> parse_batch_request(nlohmann::json json) {
    if (!json.is_object()) {
        return tl::unexpected(fatal(
            ErrorCode::kValidation,
            "the request is " + describe(json) +
                "; it takes an object with at least 'items' or 'items_ref'"
        ));
    }
    BatchRequest request;
    FieldReader fields(json);
    fields.read("model", request.model);
    fields.read("items_ref", request.items_ref);
    fields.read_object("parameters", request.parameters);
    read_bounded(fields, "chunk_size", kLargestChunk, request.chunk_size);
    read_bounded(fields, "max_parallel_chunks", kMostChunks, request.max_parallel_chunks);
    fields.read_name(
        "failure_policy", request.failure_policy, failure_policy_from, failure_policy_names()
    );
    read_ratio(fields, request.max_failed_ratio);
    fields.read("skip_invalid", request.skip_invalid);
    fields.read("output_ref", request.output_ref);
    fields.read("error_ref", request.error_ref);
    fields.read_name("priority", request.priority, priority_from, priority_names());
    fields.read("job_id", request.job_id);
    fields.read("client_id", request.client_id);
    if (fields.ok()) {
        read_items(fields, json, request);
    }
    if (!fields.ok()) {
        return tl::unexpected(fatal(ErrorCode::kValidation, fields.problem()));
    }
    if (!request.items_ref) {
        request.items = std::move(json["items"]);
    }
    return request;
}

void to_json(nlohmann::json& json, const BatchRequest& request) {
    json = {
        {"parameters", request.parameters},
        {"chunk_size", request.chunk_size},
        {"max_parallel_chunks", request.max_parallel_chunks},
        {"failure_policy", to_string(request.failure_policy)},
        {"skip_invalid", request.skip_invalid},
    };
    if (!request.items.is_null()) {
        json["items"] = request.items;
    }
    if (request.priority) {
        json["priority"] = to_string(*request.priority);
    }
    put(json, "model", request.model);
    put(json, "items_ref", request.items_ref);
    put(json, "max_failed_ratio", request.max_failed_ratio);
    put(json, "output_ref", request.output_ref);
    put(json, "error_ref", request.error_ref);
    put(json, "job_id", request.job_id);
    put(json, "client_id", request.client_id);
}

void from_json(const nlohmann::json& json, BatchRequest& request) {
    Result<BatchRequest> parsed = parse_batch_request(json);
    if (!parsed) {
        throw std::invalid_argument(parsed.error().message);
    }
    request = *std::move(parsed);
}

}  // namespace inference
