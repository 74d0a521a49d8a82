#include "contracts/attempts.hpp"

#include "contracts/field_reader.hpp"

namespace inference {

void read_fields(FieldReader& fields, RetryCounts& retries) {
    fields.read("Transient", retries.transient);
    fields.read("Timeout", retries.timeout);
    fields.read("OOM", retries.oom);
    fields.read("WorkerLost", retries.worker_lost);
}

void to_json(nlohmann::json& json, const RetryCounts& retries) {
    json = nlohmann::json::object();
    const auto put = [&json](const char* name, int count) {
        if (count != 0) {
            json[name] = count;
        }
    };
    put("Transient", retries.transient);
    put("Timeout", retries.timeout);
    put("OOM", retries.oom);
    put("WorkerLost", retries.worker_lost);
}

void from_json(const nlohmann::json& json, RetryCounts& retries) {
    read_or_throw(json, retries);
}

void read_fields(FieldReader& fields, Attempts& attempts) {
    fields.read("infer", attempts.infer);
    fields.read("transient", attempts.retries.transient);
    fields.read("timeout", attempts.retries.timeout);
    fields.read("oom", attempts.retries.oom);
    fields.read("worker_lost", attempts.retries.worker_lost);
}

void to_json(nlohmann::json& json, const Attempts& attempts) {
    json = {
        {"infer", attempts.infer},
        {"transient", attempts.retries.transient},
        {"timeout", attempts.retries.timeout},
        {"oom", attempts.retries.oom},
        {"worker_lost", attempts.retries.worker_lost},
    };
}

void from_json(const nlohmann::json& json, Attempts& attempts) {
    read_or_throw(json, attempts);
}

}  // namespace inference
