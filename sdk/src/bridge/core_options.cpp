#include "bridge/core_options.hpp"

#include "bridge/json_text.hpp"
#include "temporal/error.hpp"

#include <nlohmann/json.hpp>

namespace temporal::bridge {
namespace {

using nlohmann::json;

/// Core takes an absent key for its default, and an empty text for an empty text.
void set_unless_empty(json& object, const char* key, const std::string& value) {
    if (!value.empty()) {
        object[key] = value;
    }
}

/// The options hold what users typed; text that is not UTF-8 becomes U+FFFD and is then refused by
/// core, by its key.
std::string dump(const json& object) {
    return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

json tls_json(const TlsOptions& tls) {
    json object = {
        {"disabled", tls.disabled}, {"disable_host_verification", tls.disable_host_verification}
    };
    set_unless_empty(object, "server_ca", tls.server_ca);
    set_unless_empty(object, "server_name", tls.server_name);
    set_unless_empty(object, "client_cert", tls.client_cert);
    set_unless_empty(object, "client_key", tls.client_key);
    return object;
}

json proxy_json(const ProxyOptions& proxy) {
    json object = {{"target", proxy.address}};
    set_unless_empty(object, "user", proxy.user);
    set_unless_empty(object, "password", proxy.password);
    return object;
}

std::int64_t milliseconds(Duration duration) {
    return std::chrono::ceil<std::chrono::milliseconds>(duration).count();
}

void apply_text(const json& object, const char* key, std::string& value) {
    value = text_or(object, key, std::move(value));
}

void apply_flag(const json& object, const char* key, bool& value) {
    const auto found = object.find(key);
    if (found != object.end() && found->is_boolean()) {
        value = found->get<bool>();
    }
}

void apply_tls(const json& object, TlsOptions& tls) {
    apply_text(object, "server_ca", tls.server_ca);
    apply_text(object, "server_name", tls.server_name);
    apply_text(object, "client_cert", tls.client_cert);
    apply_text(object, "client_key", tls.client_key);
    apply_flag(object, "disabled", tls.disabled);
    apply_flag(object, "disable_host_verification", tls.disable_host_verification);
}

}  // namespace

std::string runtime_options_json(const RuntimeOptions& options) {
    json object = {
        {"worker_threads", options.worker_threads},
        {"log_filter", options.log_filter},
        {"worker_heartbeat_interval_ms", options.worker_heartbeat_interval.count()},
    };
    if (!options.metrics_address.empty()) {
        object["metrics"] = {{"prometheus", options.metrics_address}};
    }
    return dump(object);
}

std::string connect_options_json(const ConnectOptions& options) {
    json object = {
        {"target", options.address},
        {"client_name", "temporal-cpp"},
        {"headers", options.headers},
        {"connect_timeout_ms", milliseconds(options.connect_timeout)},
        {"grpc_compression", options.compression ? "gzip" : "none"},
    };
    set_unless_empty(object, "identity", options.identity);
    set_unless_empty(object, "api_key", options.api_key);
    if (options.tls) {
        object["tls"] = tls_json(*options.tls);
    }
    if (options.proxy) {
        object["proxy"] = proxy_json(*options.proxy);
    }
    return dump(object);
}

std::string worker_options_json(const CoreWorkerOptions& options) {
    json object = {
        {"namespace", options.namespace_name},
        {"task_queue", options.task_queue},
        {"enable_workflows", options.enable_workflows},
        {"enable_remote_activities", options.enable_activities},
        // Core refuses local activities without workflows.
        {"enable_local_activities", options.enable_activities && options.enable_workflows},
        {"max_cached_workflows", options.max_cached_workflows},
        {"max_outstanding_workflow_tasks", options.max_outstanding_workflow_tasks},
        {"max_outstanding_activities", options.max_outstanding_activities},
        {"sticky_timeout_ms", options.sticky_timeout.count()},
        {"max_heartbeat_throttle_ms", options.max_heartbeat_throttle.count()},
        {"default_heartbeat_throttle_ms", options.default_heartbeat_throttle.count()},
        {"graceful_shutdown_ms", options.graceful_shutdown.count()},
        {"max_eager_activities_per_task", options.max_eager_activities_per_task},
    };
    set_unless_empty(object, "identity", options.identity);
    set_unless_empty(object, "build_id", options.build_id);
    if (options.workflow_pollers) {
        object["workflow_pollers"] = *options.workflow_pollers;
    }
    if (options.activity_pollers) {
        object["activity_pollers"] = *options.activity_pollers;
    }
    return dump(object);
}

std::string replayer_options_json(std::string_view namespace_name, std::string_view task_queue) {
    return dump({{"namespace", namespace_name}, {"task_queue", task_queue}});
}

std::string metrics_address_of(std::string_view runtime_info_json) {
    const json info = json::parse(runtime_info_json, nullptr, /*allow_exceptions=*/false);
    return text_or(info, "metrics_address", {});
}

std::string env_config_options_json(EnvironmentSource source, const std::string& profile) {
    json object = {
        {"disable_file", source == EnvironmentSource::kVariables},
        {"disable_env", source == EnvironmentSource::kFile},
    };
    if (source == EnvironmentSource::kFile) {
        // Without the variables core does not see the one that names the profile either.
        set_unless_empty(object, "profile", profile);
    }
    return dump(object);
}

void apply_profile(std::string_view profile_json, ConnectOptions& options) {
    const json profile = json::parse(profile_json, nullptr, /*allow_exceptions=*/false);
    if (!profile.is_object()) {
        throw ConnectError(
            ConnectError::Kind::kOther, "core gave no profile of Temporal's environment variables"
        );
    }
    apply_text(profile, "address", options.address);
    apply_text(profile, "namespace", options.namespace_name);
    apply_text(profile, "api_key", options.api_key);
    if (const auto tls = profile.find("tls"); tls != profile.end() && tls->is_object()) {
        if (!options.tls) {
            options.tls.emplace();
        }
        apply_tls(*tls, *options.tls);
    }
    if (const auto headers = profile.find("headers");
        headers != profile.end() && headers->is_object()) {
        for (const auto& [name, value] : headers->items()) {
            apply_text(*headers, name.c_str(), options.headers[name]);
        }
    }
}

}  // namespace temporal::bridge
