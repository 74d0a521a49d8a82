#include "contracts/call_limits.hpp"

#include "contracts/field_reader.hpp"

namespace inference {

void read_fields(FieldReader& fields, CallLimits& limits) {
    fields.read("timeout_ms", limits.timeout);
    fields.read("ready_timeout_ms", limits.ready_timeout);
    fields.read("heartbeat_timeout_ms", limits.heartbeat_timeout);
    fields.read("batch_limit", limits.batch_limit);
}

void to_json(nlohmann::json& json, const CallLimits& limits) {
    json = {
        {"timeout_ms", limits.timeout.count()},
        {"ready_timeout_ms", limits.ready_timeout.count()},
        {"heartbeat_timeout_ms", limits.heartbeat_timeout.count()},
        {"batch_limit", limits.batch_limit},
    };
}

void from_json(const nlohmann::json& json, CallLimits& limits) {
    read_or_throw(json, limits);
}

}  // namespace inference
