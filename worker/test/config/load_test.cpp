#include "config/load.hpp"

#include "adapters/engine_kind.hpp"
#include "config/config.hpp"
#include "config/config_errors.hpp"
#include "config/problems_of.hpp"
#include "contracts/priority.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace inference {
namespace {

using namespace std::chrono_literals;
using testing::problems_of;

Config read(const std::string& yaml) {
    auto config = parse_config(yaml, "/etc/inference/worker.yaml");
    EXPECT_TRUE(config) << to_string(config.error());
    return config ? *std::move(config) : Config{};
}

constexpr char kDocumented[] = R"(temporal: {address: 127.0.0.1:7233, namespace: default}
worker:
  serve: [high, normal, low]
  shares: {high: 50, normal: 35, low: 15}
  max_concurrent_activities: 10
  max_concurrent_workflow_tasks: 100
models:
  llama-3-8b: {engine: vllm, endpoints: [http://127.0.0.1:8080/v1], engine_model: meta-llama/Llama-3-8B, timeout: 280s, max_concurrency: 64}
  digits:     {engine: triton, endpoints: [127.0.0.1:8001]}
files: {roots: [.], dir: ./jobs-data}   # what file:// may name; where results go that no output_ref names
jobs: {store: sqlite:jobs.db}
admin: {listen: 127.0.0.1:9464}         # /metrics, /healthz, /readyz; none without it, so that two workers fit on one host
)";

TEST(Load, PlacesInBucketsStandBesideFoldersAndOneForResultsInTheirStead) {
    const FilesConfig files = read(R"(
files:
  roots: [data, s3://bucket/batches, s3://other]
  dir: s3://bucket/jobs
  s3: {endpoint: "https://minio:9000", region: eu-west-1, path_style: false, ca_file: ca.pem}
)")
                                  .files;
    EXPECT_EQ(files.roots, std::vector<std::filesystem::path>{"/etc/inference/data"});
    EXPECT_EQ(files.bucket_roots, (std::vector<std::string>{"s3://bucket/batches", "s3://other"}));
    EXPECT_EQ(files.bucket_dir, "s3://bucket/jobs");
    EXPECT_EQ(files.s3.endpoint, "https://minio:9000");
    EXPECT_EQ(files.s3.region, "eu-west-1");
    EXPECT_EQ(files.s3.path_style, false);
    EXPECT_EQ(files.s3.ca_file, "/etc/inference/ca.pem");
    EXPECT_TRUE(files.has_objects());
    EXPECT_FALSE(read("files: {roots: [data]}").files.has_objects());
}

TEST(Load, ABucketWithoutANameAndAStoreWithoutASchemeAreRefused) {
    const std::string problems = problems_of(R"(files:
  roots: [s3:///batches]
  dir: s3://
  s3: {endpoint: "minio:9000"}
)");
    EXPECT_NE(problems.find("worker.yaml:2: files.roots"), std::string::npos) << problems;
    EXPECT_NE(problems.find("worker.yaml:3: files.dir"), std::string::npos) << problems;
    EXPECT_NE(problems.find("it takes s3://BUCKET/PREFIX"), std::string::npos) << problems;
    EXPECT_NE(problems.find("it takes http://HOST:PORT"), std::string::npos) << problems;
}

TEST(Load, ReadsTheDocumentedFile) {
    const Config config = read(kDocumented);

    EXPECT_EQ(config.temporal, (TemporalConfig{"127.0.0.1:7233", "default"}));
    EXPECT_EQ(config.worker, WorkerConfig{});
    ASSERT_EQ(config.models.size(), 2U);
    EXPECT_EQ(config.models[0].name, "llama-3-8b");
    EXPECT_EQ(config.models[0].engine_model, "meta-llama/Llama-3-8B");
    EXPECT_EQ(config.models[0].max_concurrency, 64);
    EXPECT_EQ(config.models[1].engine, EngineKind::kTriton);
    EXPECT_EQ(config.models[1].endpoints, std::vector<std::string>{"127.0.0.1:8001"});
    EXPECT_EQ(config.files, default_config("/etc/inference").files)
        << "the values shown are the defaults";
    EXPECT_EQ(config.jobs, default_config("/etc/inference").jobs);
    EXPECT_EQ(config.admin.listen, "127.0.0.1:9464");
}

TEST(Load, TakesTheDefaultsOfAnEmptyFileAndOfEmptySections) {
    for (const auto* yaml : {"", "# nothing\n", "worker:\nmodels:\nfiles: {}\n"}) {
        const Config config = read(yaml);
        EXPECT_EQ(config.worker, WorkerConfig{});
        EXPECT_EQ(config.files, default_config("/etc/inference").files);
        EXPECT_TRUE(config.models.empty());
    }
}

TEST(Load, ReadsEveryOtherKey) {
    const Config config = read(R"(
worker:
  serve: [low, high]
  shares: {low: 1}
  strict_shares: true
  max_concurrent_activities: 4
  heartbeat_timeout: 2s
  drain_grace: 0s
  sticky_timeout: 500ms
  batch_history_events: 400
stages: {preprocess: local, postprocess: remote}
files: {roots: [data, /mnt/shared], dir: out}
jobs: {store: postgresql://db/jobs, search_attributes: true}
events: {channel: "redis://:secret@db"}
admin: {listen: "[::1]:0"}
telemetry: {otlp_endpoint: http://collector:4318/}
)");

    EXPECT_EQ(config.worker.serve, (std::vector{Priority::kLow, Priority::kHigh}));
    EXPECT_EQ(config.worker.shares.at(Priority::kLow), 1);
    EXPECT_EQ(config.worker.shares.at(Priority::kHigh), 50)
        << "a share that is not named keeps its default";
    EXPECT_TRUE(config.worker.strict_shares);
    EXPECT_EQ(config.worker.max_concurrent_activities, 4);
    EXPECT_EQ(config.local_steps, (LocalSteps{.preprocess = true, .postprocess = false}));
    EXPECT_EQ(config.worker.heartbeat_timeout, 2s);
    EXPECT_EQ(config.worker.drain_grace, 0s);
    EXPECT_EQ(config.worker.batch_history_events, 400);
    EXPECT_EQ(config.worker.sticky_timeout, 500ms);
    EXPECT_EQ(
        config.files.roots,
        (std::vector<std::filesystem::path>{"/etc/inference/data", "/mnt/shared"})
    );
    EXPECT_EQ(config.files.dir, "/etc/inference/out");
    EXPECT_EQ(config.jobs.store, "postgresql://db/jobs");
    EXPECT_EQ(config.events.channel, "redis://:secret@db");
    EXPECT_TRUE(config.jobs.search_attributes);
    EXPECT_EQ(config.admin.listen, "[::1]:0");
    EXPECT_EQ(config.telemetry.otlp_endpoint, "http://collector:4318");
}

TEST(Load, RefusesACollectorThatIsNoUrlOrHasAPassword) {
    for (const char* endpoint : {"collector:4318", "grpc://collector:4317", "http://me:secret@c"}) {
        EXPECT_EQ(
            problems_of("telemetry: {otlp_endpoint: '" + std::string(endpoint) + "'}\n"),
            "worker.yaml:1: telemetry.otlp_endpoint: is no address of a collector; it takes "
            "http://host:4318, without a password\n"
        );
    }
}

TEST(Load, CountsRelativePathsFromTheFile) {
    EXPECT_EQ(
        read("jobs: {store: sqlite:../state/jobs.db}").jobs.store, "sqlite:/etc/state/jobs.db"
    );
    EXPECT_EQ(read("jobs: {store: none}").jobs.store, "none");
    EXPECT_EQ(read("jobs: {store: sqlite:/var/jobs.db}").jobs.store, "sqlite:/var/jobs.db");
    EXPECT_EQ(read("events: {channel: file:live}").events.channel, "file:/etc/inference/live");
    EXPECT_EQ(read("events: {channel: file:/run/live}").events.channel, "file:/run/live");
    EXPECT_EQ(read("files: {dir: out}").events.channel, "file:/etc/inference/out/events")
        << "the default goes with files.dir";
}

TEST(Load, RefusesEachWrongValueWithItsLine) {
    struct Row {
        const char* yaml;
        const char* problem;
    };
    const Row rows[] = {
        {"modles: {}\n", "1: unknown key 'modles'; did you mean 'models'?"},
        {"[1]\n", "1: the file is a list; it takes a map of keys"},
        {"temporal: {address: localhost}\n",
         "1: temporal.address: 'localhost' is no address; it takes host:port"},
        {"worker: {serve: []}\n",
         "1: worker.serve: is an empty list; it takes a list of high, normal, low"},
        {"worker: {serve: [hihg]}\n",
         "1: worker.serve[0]: 'hihg' is not one of high, normal, low; did you mean 'high'?"},
        {"worker: {serve: [high, high]}\n",
         "1: worker.serve[1]: 'high' is in the list twice; keep one"},
        {"worker: {batch_history_events: 49}\n",
         "1: worker.batch_history_events: is 49; it takes at least 50"},
        {"worker:\n  shares: {high: 0}\n",
         "2: worker.shares.high: '0' is not a whole number from 1 up"},
        {"worker:\n  shares: {medium: 5}\n", "2: worker.shares: unknown key 'medium'"},
        {"worker: {max_concurrent_activities: 2}\n",
         "1: worker.max_concurrent_activities: is 2, too few for 3 served queues; it takes at "
         "least 3, or fewer queues in worker.serve"},
        {"worker: {max_concurrent_workflow_tasks: 5}\n",
         "1: worker.max_concurrent_workflow_tasks: is 5, too few for 3 served queues; it takes at "
         "least 6, or fewer queues in worker.serve"},
        {"jobs: {store: mysql://secret}\n",
         "1: jobs.store: is no job store; it takes sqlite:FILE, postgresql://HOST/DATABASE or none"
        },
        {"jobs: {store: \"sqlite:\"}\n",
         "1: jobs.store: is no job store; it takes sqlite:FILE, postgresql://HOST/DATABASE or none"
        },
        {"events: {channel: \"rediss://:secret@db\"}\n",
         "1: events.channel: asks for TLS, which is not built in; name a tunnel's address as "
         "redis://HOST:PORT"},
        {"events: {channel: none,\n  chanel: none}\n",
         "2: events: unknown key 'chanel'; did you mean 'channel'?"},
        {"admin: {listen: 9464}\n", "1: admin.listen: '9464' is no address; it takes host:port"},
        {"files: {roots: []}\n",
         "1: files.roots: is an empty list; it takes a list of at least one folder"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(problems_of(row.yaml), std::string("worker.yaml:") + row.problem + "\n");
    }
}

TEST(Load, TellsAllProblemsAtOnceByLine) {
    EXPECT_EQ(
        problems_of(R"(models:
  a: {engine: vllm, endpoints: [http://h/v1], tiemout: 3s}
  b: {engine: nope, endpoints: []}
worker: {serve: [all]}
extra: 1
)"),
        "worker.yaml:2: models.a: unknown key 'tiemout'; did you mean 'timeout'?\n"
        "worker.yaml:3: models.b.endpoints: is an empty list; it takes a list of at least one "
        "address\n"
        "worker.yaml:3: models.b.engine: 'nope' is not one of vllm, sglang, tensorrt-llm, "
        "openvino, openai, triton, kserve\n"
        "worker.yaml:4: worker.serve[0]: 'all' is not one of high, normal, low\n"
        "worker.yaml:5: unknown key 'extra'\n"
    );
}

TEST(Load, SaysWhereAFileIsNoYaml) {
    EXPECT_TRUE(
        problems_of("models:\n  a: {engine: vllm\n").starts_with("worker.yaml:3: is no YAML: ")
    ) << problems_of("models:\n  a: {engine: vllm\n");
    EXPECT_EQ(
        problems_of("worker: {}\n---\nmodels: {}\n"),
        "worker.yaml:3: a second document begins here; a configuration is one\n"
    );
}

TEST(Load, ATextInWhichTheParserFindsDocumentsWithoutEndIsRefused) {
    EXPECT_NE(problems_of(",&"), "");
    EXPECT_NE(problems_of(std::string(",&\0\0", 4)), "");
}

TEST(Load, SurvivesAnyText) {
    for (const auto* yaml :
         {"\x01",
          "&a [*a]",
          "&a {b: *a}",
          "worker: *nobody",
          "? [x]\n: y\n",
          "models: {m: &m {fallback: *m}}",
          "%",
          "!!binary x",
          "models: {m: {defaults: &d {x: *d}, engine: vllm, endpoints: [http://h]}}"}) {
        EXPECT_NO_THROW((void)parse_config(yaml, "worker.yaml")) << yaml;
    }
}

class LoadFile : public ::testing::Test {
protected:
    void SetUp() override {
        std::filesystem::create_directories(folder_);
        std::ofstream(folder_ / "worker.yaml") << "files: {dir: out}\n";
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    const std::filesystem::path folder_ = std::filesystem::path(::testing::TempDir()) /
                                          ("config-load-test-" + std::to_string(::getpid()));
};

TEST_F(LoadFile, ReadsItAndKeepsItsPlace) {
    const auto config = load_config(folder_ / "worker.yaml");
    ASSERT_TRUE(config) << to_string(config.error());
    EXPECT_EQ(config->files.dir, (folder_ / "out").lexically_normal());
}

TEST_F(LoadFile, SaysWhyItCannotBeRead) {
    const auto missing = load_config(folder_ / "nope.yaml");
    ASSERT_FALSE(missing);
    EXPECT_EQ(
        to_string(missing.error()),
        (folder_ / "nope.yaml").string() + ": cannot be read: No such file or directory\n"
    );

    const auto folder = load_config(folder_);
    ASSERT_FALSE(folder);
    EXPECT_EQ(
        folder.error().problems,
        (std::vector<ConfigProblem>{{0, "is a folder; name a YAML file with --config"}})
    );
}

TEST_F(LoadFile, NamesTheFileAsItWasGiven) {
    std::ofstream(folder_ / "worker.yaml") << "x: 1\n";
    const auto config = load_config(std::filesystem::relative(folder_ / "worker.yaml"));
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().file, std::filesystem::relative(folder_ / "worker.yaml"));
}

}  // namespace
}  // namespace inference
