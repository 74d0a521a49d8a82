#include "bridge/core_options.hpp"

#include "temporal/error.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace temporal::bridge {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

TEST(CoreOptions, OfARuntime) {
    RuntimeOptions options;
    options.worker_threads = 3;
    options.log_filter = "warn,temporalio_client=debug";
    options.metrics_address = "127.0.0.1:0";
    options.worker_heartbeat_interval = 0ms;

    EXPECT_EQ(
        json::parse(runtime_options_json(options)),
        (json{
            {"worker_threads", 3},
            {"log_filter", "warn,temporalio_client=debug"},
            {"metrics", {{"prometheus", "127.0.0.1:0"}}},
            {"worker_heartbeat_interval_ms", 0},
        })
    );
    EXPECT_FALSE(json::parse(runtime_options_json({})).contains("metrics"));
}

TEST(CoreOptions, OfAConnectionWithEverything) {
    ConnectOptions options;
    options.address = "temporal.example:7233";
    options.identity = "me";
    options.api_key = "key";
    options.headers = {{"x-team", "ml"}};
    options.tls = TlsOptions{
        .server_ca = "CA", .server_name = "name", .client_cert = "CERT", .client_key = "KEY"
    };
    options.proxy = ProxyOptions{.address = "proxy:3128", .user = "u", .password = "p"};
    options.compression = true;
    options.connect_timeout = 1500us;

    EXPECT_EQ(
        json::parse(connect_options_json(options)),
        (json{
            {"target", "temporal.example:7233"},
            {"client_name", "temporal-cpp"},
            {"identity", "me"},
            {"api_key", "key"},
            {"headers", {{"x-team", "ml"}}},
            {"tls",
             {{"server_ca", "CA"},
              {"server_name", "name"},
              {"client_cert", "CERT"},
              {"client_key", "KEY"},
              {"disabled", false},
              {"disable_host_verification", false}}},
            {"proxy", {{"target", "proxy:3128"}, {"user", "u"}, {"password", "p"}}},
            {"grpc_compression", "gzip"},
            {"connect_timeout_ms", 2},
        })
    );
}

TEST(CoreOptions, OfAPlainConnectionLeaveOutWhatIsNotSet) {
    const json written = json::parse(connect_options_json({}));

    for (const char* key : {"api_key", "tls", "proxy", "identity"}) {
        EXPECT_FALSE(written.contains(key)) << key;
    }
    EXPECT_EQ(written["grpc_compression"], "none");
}

TEST(CoreOptions, OfAWorker) {
    CoreWorkerOptions options;
    options.namespace_name = "default";
    options.task_queue = "queue";
    options.identity = "me";
    options.build_id = "1.0";
    options.max_cached_workflows = 0;
    options.workflow_pollers = 4;
    options.activity_pollers = 5;
    options.sticky_timeout = 3s;
    options.max_heartbeat_throttle = 800ms;
    options.graceful_shutdown = 30s;

    const json written = json::parse(worker_options_json(options));

    EXPECT_EQ(
        written,
        (json{
            {"namespace", "default"},
            {"task_queue", "queue"},
            {"identity", "me"},
            {"build_id", "1.0"},
            {"enable_workflows", true},
            {"enable_remote_activities", true},
            {"enable_local_activities", true},
            {"max_cached_workflows", 0},
            {"max_outstanding_workflow_tasks", 100},
            {"max_outstanding_activities", 100},
            {"workflow_pollers", 4},
            {"activity_pollers", 5},
            {"sticky_timeout_ms", 3000},
            {"max_heartbeat_throttle_ms", 800},
            {"default_heartbeat_throttle_ms", 30000},
            {"graceful_shutdown_ms", 30000},
            {"max_eager_activities_per_task", 3},
        })
    );
}

TEST(CoreOptions, LocalActivitiesNeedWorkflows) {
    CoreWorkerOptions options;
    options.enable_workflows = false;

    EXPECT_EQ(json::parse(worker_options_json(options))["enable_local_activities"], false);
}

TEST(CoreOptions, TheMetricsAddressIsReadFromTheAnswer) {
    EXPECT_EQ(metrics_address_of(R"({"metrics_address":"127.0.0.1:9464"})"), "127.0.0.1:9464");
    EXPECT_EQ(metrics_address_of(R"({"metrics_address":null})"), "");
    EXPECT_EQ(metrics_address_of(""), "");
}

TEST(Profile, LaysOnlyWhatIsSetOverTheOptions) {
    ConnectOptions options;
    options.address = "kept:7233";
    options.api_key = "old";
    options.tls = TlsOptions{.server_ca = "kept"};
    options.headers = {{"kept", "yes"}};

    apply_profile(
        R"({"address":null,"namespace":"prod","api_key":"new","tls":{"disabled":null,"server_ca":null,"server_name":"name",
            "client_cert":null,"client_key":null,"disable_host_verification":false},"headers":{"x":"y"},"codec":null})",
        options
    );

    EXPECT_EQ(options.address, "kept:7233");
    EXPECT_EQ(options.namespace_name, "prod");
    EXPECT_EQ(options.api_key, "new");
    EXPECT_EQ(options.tls->server_ca, "kept");
    EXPECT_EQ(options.tls->server_name, "name");
    EXPECT_EQ(options.headers, (std::map<std::string, std::string>{{"kept", "yes"}, {"x", "y"}}));
}

TEST(Profile, CanTurnTlsOff) {
    ConnectOptions options;

    apply_profile(R"({"tls":{"disabled":true}})", options);

    ASSERT_TRUE(options.tls);
    EXPECT_TRUE(options.tls->disabled);
}

TEST(Profile, WithoutTlsDoesNotTurnItOn) {
    ConnectOptions options;

    apply_profile(R"({"address":"a:1","tls":null,"headers":{}})", options);

    EXPECT_FALSE(options.tls);
    EXPECT_THROW(apply_profile("nonsense", options), ConnectError);
}

TEST(Profile, IsReadFromTheSourcesThatAreWanted) {
    const auto asked = [](EnvironmentSource source) {
        return json::parse(env_config_options_json(source, "staging"));
    };

    EXPECT_EQ(
        asked(EnvironmentSource::kAll), (json{{"disable_file", false}, {"disable_env", false}})
    );
    EXPECT_EQ(
        asked(EnvironmentSource::kVariables), (json{{"disable_file", true}, {"disable_env", false}})
    );
    EXPECT_EQ(
        asked(EnvironmentSource::kFile),
        (json{{"disable_file", false}, {"disable_env", true}, {"profile", "staging"}})
    );
}

}  // namespace
}  // namespace temporal::bridge
