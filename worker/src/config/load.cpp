#include "config/load.hpp"

#include "adapters/endpoint_url.hpp"
#include "config/config.hpp"
#include "config/config_errors.hpp"
#include "config/host_port.hpp"
#include "config/queue_slots.hpp"
#include "config/read_models.hpp"
#include "config/second_document.hpp"
#include "config/yaml_map.hpp"
#include "contracts/describe.hpp"
#include "contracts/priority.hpp"
#include "events/channel_address.hpp"

#include <tl/expected.hpp>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace inference {
namespace {

/// Reads the sections of one file.
class ConfigReader {
public:
    ConfigReader(std::filesystem::path folder, ConfigProblems& problems)
        : folder_(std::move(folder)), problems_(problems), config_(default_config(folder_)) {}

    Config read(const YAML::Node& document) {
        YamlMap map({document, 1, ""}, problems_);
        with_section(map, "temporal", [&](YamlMap& section) { read_temporal(section); });
        with_section(map, "worker", [&](YamlMap& section) { read_worker(section); });
        if (const auto models = map.find("models")) {
            config_.models = read_models(*models, folder_, problems_);
        }
        with_section(map, "stages", [&](YamlMap& section) {
            read_place(section, "preprocess", config_.local_steps.preprocess);
            read_place(section, "postprocess", config_.local_steps.postprocess);
        });
        with_section(map, "files", [&](YamlMap& section) { read_files(section); });
        with_section(map, "jobs", [&](YamlMap& section) { read_jobs(section); });
        config_.events.channel = default_channel(config_.files);
        with_section(map, "events", [&](YamlMap& section) { read_events(section); });
        with_section(map, "admin", [&](YamlMap& section) { read_admin(section); });
        with_section(map, "telemetry", [&](YamlMap& section) { read_telemetry(section); });
        map.finish();
        return std::move(config_);
    }

private:
    template <class Read>
    void with_section(YamlMap& map, std::string_view key, Read read) {
        if (const auto value = map.find(key)) {
            YamlMap section(*value, problems_);
            read(section);
            section.finish();
        }
    }

    void check_address(
        YamlMap& section,
        std::string_view key,
        const std::optional<std::string>& address,
        int least_port
    ) {
        if (address && !is_host_port(*address, least_port)) {
            problems_.add(
                *section.find(key), shown(*address) + " is no address; it takes host:port"
            );
        }
    }

    void read_temporal(YamlMap& section) {
        section.read("address", config_.temporal.address);
        check_address(section, "address", config_.temporal.address, 1);
        section.read("namespace", config_.temporal.temporal_namespace);
    }

    void read_worker(YamlMap& section) {
        WorkerConfig& worker = config_.worker;
        read_serve(section);
        with_section(section, "shares", [&](YamlMap& shares) {
            for (const Priority priority : kPriorities) {
                shares.read(to_string(priority), worker.shares.at(priority));
            }
        });
        section.read("strict_shares", worker.strict_shares);
        section.read("max_concurrent_activities", worker.max_concurrent_activities);
        section.read("max_concurrent_workflow_tasks", worker.max_concurrent_workflow_tasks);
        section.read("heartbeat_timeout", worker.heartbeat_timeout);
        section.read("batch_history_events", worker.batch_history_events);
        section.read("drain_grace", worker.drain_grace, std::chrono::milliseconds(0));
        section.read("sticky_timeout", worker.sticky_timeout);
        check_history(section);
        check_slots(
            section,
            "max_concurrent_activities",
            worker.max_concurrent_activities,
            kLeastActivitySlots
        );
        check_slots(
            section,
            "max_concurrent_workflow_tasks",
            worker.max_concurrent_workflow_tasks,
            kLeastWorkflowTaskSlots
        );
    }

    /// A run that is shorter than its first chunk would continue as new for ever.
    void check_history(YamlMap& section) {
        constexpr int kLeast = 50;
        const int events = config_.worker.batch_history_events;
        const auto value = section.find("batch_history_events");
        if (value && events < kLeast) {
            problems_.add(
                *value,
                "is " + std::to_string(events) + "; it takes at least " + std::to_string(kLeast)
            );
        }
    }

    void read_place(YamlMap& section, std::string_view key, bool& is_local) {
        const auto value = section.find(key);
        std::string place = is_local ? "local" : "remote";
        section.read(key, place);
        if (place == "local" || place == "remote") {
            is_local = place == "local";
        } else {
            problems_.add(
                *value, shown(place) + " is no place for a step; it takes local or remote"
            );
        }
    }

    void read_serve(YamlMap& section) {
        const auto value = section.find("serve");
        if (!value) {
            return;
        }
        std::vector<Priority> serve;
        for (const auto& [name, element] :
             texts_of(*value, problems_, "a list of " + priority_names())) {
            const auto priority =
                named<Priority>(name, element, problems_, priority_from, priority_names());
            if (priority && std::ranges::count(serve, *priority) != 0) {
                problems_.add(element, "'" + name + "' is in the list twice; keep one");
            } else if (priority) {
                serve.push_back(*priority);
            }
        }
        if (!serve.empty()) {
            config_.worker.serve = std::move(serve);
        }
    }

    void check_slots(YamlMap& section, std::string_view key, int slots, int least) {
        const auto queues = static_cast<int>(config_.worker.serve.size());
        const auto value = section.find(key);
        if (value && slots < least * queues) {
            problems_.add(
                *value,
                "is " + std::to_string(slots) + ", too few for " + std::to_string(queues) +
                    " served queues; it takes at least " + std::to_string(least * queues) +
                    ", or fewer queues in worker.serve"
            );
        }
    }

    void read_files(YamlMap& section) {
        read_dir(section);
        with_section(section, "s3", [&](YamlMap& s3) { read_s3(s3); });
        const auto value = section.find("roots");
        if (!value) {
            return;
        }
        config_.files.roots.clear();
        for (const auto& [root, element] :
             texts_of(*value, problems_, "a list of at least one folder")) {
            if (is_bucket(root, element)) {
                config_.files.bucket_roots.push_back(root);
            } else {
                config_.files.roots.push_back((folder_ / root).lexically_normal());
            }
        }
    }

    void read_dir(YamlMap& section) {
        std::optional<std::string> dir;
        section.read("dir", dir);
        if (dir && is_bucket(*dir, *section.find("dir"))) {
            config_.files.bucket_dir = *dir;
        } else if (dir) {
            config_.files.dir = (folder_ / *dir).lexically_normal();
        }
    }

    bool is_bucket(const std::string& place, const YamlValue& value) {
        constexpr std::string_view kBucket = "s3://";
        if (!place.starts_with(kBucket)) {
            return false;
        }
        if (place.size() == kBucket.size() || place[kBucket.size()] == '/') {
            problems_.add(value, shown(place) + " names no bucket; it takes s3://BUCKET/PREFIX");
        }
        return true;
    }

    void read_s3(YamlMap& section) {
        S3Config& s3 = config_.files.s3;
        section.read("endpoint", s3.endpoint);
        section.read("region", s3.region);
        section.read("ca_file", s3.ca_file, folder_);
        if (section.find("path_style")) {
            section.read("path_style", s3.path_style.emplace());
        }
        if (!s3.endpoint.empty() && !s3.endpoint.starts_with("http://") &&
            !s3.endpoint.starts_with("https://")) {
            problems_.add(
                *section.find("endpoint"),
                shown(s3.endpoint) + " is no address; it takes http://HOST:PORT or https://HOST"
            );
        }
    }

    void read_jobs(YamlMap& section) {
        constexpr std::string_view kFile = "sqlite:";
        std::optional<std::string> store;
        section.read("search_attributes", config_.jobs.search_attributes);
        section.read("store", store);
        if (!store) {
            return;
        }
        if (*store == "none") {
            config_.jobs.store = *store;
        } else if (store->starts_with(kFile) && store->size() > kFile.size()) {
            config_.jobs.store =
                std::string(kFile) +
                (folder_ / store->substr(kFile.size())).lexically_normal().string();
        } else if (store->starts_with("postgresql://") || store->starts_with("postgres://")) {
            config_.jobs.store = *store;
        } else {
            // It may hold a password, so it is not repeated.
            problems_.add(
                *section.find("store"),
                "is no job store; it takes sqlite:FILE, postgresql://HOST/DATABASE or none"
            );
        }
    }

    void read_events(YamlMap& section) {
        std::optional<std::string> channel;
        section.read("channel", channel);
        if (!channel) {
            return;
        }
        const auto address = parse_channel(*channel);
        if (!address) {
            problems_.add(*section.find("channel"), address.error());
        } else if (const auto* file = std::get_if<FileAddress>(&*address)) {
            config_.events.channel = "file:" + (folder_ / file->folder).lexically_normal().string();
        } else {
            config_.events.channel = *channel;
        }
    }

    void read_admin(YamlMap& section) {
        section.read("listen", config_.admin.listen);
        check_address(section, "listen", config_.admin.listen, 0);
    }

    void read_telemetry(YamlMap& section) {
        auto& endpoint = config_.telemetry.otlp_endpoint;
        section.read("otlp_endpoint", endpoint);
        if (!endpoint) {
            return;
        }
        const auto url = parse_endpoint_url("", *endpoint, "");
        if (!url || (url->scheme != "http" && url->scheme != "https")) {
            // It may hold a password, so it is not repeated.
            problems_.add(
                *section.find("otlp_endpoint"),
                "is no address of a collector; it takes http://host:4318, without a password"
            );
        }
        while (endpoint->ends_with('/')) {
            endpoint->pop_back();
        }
    }

    std::filesystem::path folder_;
    ConfigProblems& problems_;
    Config config_;
};

tl::unexpected<ConfigErrors> refused(
    const std::filesystem::path& file, int line, std::string message
) {
    return tl::unexpected(ConfigErrors{.file = file, .problems = {{line, std::move(message)}}});
}

std::optional<std::string> read_file(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    return stream.bad() || !stream.is_open() ? std::nullopt : std::optional(std::move(text));
}

}  // namespace

tl::expected<Config, ConfigErrors> parse_config(
    const std::string& yaml, const std::filesystem::path& file
) {
    YAML::Node document;
    std::optional<int> second;
    try {
        second = line_of_second_document(yaml);
        document = YAML::Load(yaml);
    } catch (const YAML::Exception& error) {
        return refused(file, error.mark.line + 1, "is no YAML: " + error.msg);
    }
    if (second) {
        return refused(file, *second, "a second document begins here; a configuration is one");
    }
    ConfigProblems problems;
    ConfigReader reader(file.parent_path(), problems);
    Config config = reader.read(document);
    if (!problems.empty()) {
        return tl::unexpected(ConfigErrors{.file = file, .problems = problems.sorted()});
    }
    return config;
}

tl::expected<Config, ConfigErrors> load_config(const std::filesystem::path& file) {
    std::error_code error;
    if (std::filesystem::is_directory(file, error)) {
        return refused(file, 0, "is a folder; name a YAML file with --config");
    }
    const auto text = read_file(file);
    if (!text) {
        return refused(
            file, 0, "cannot be read: " + std::error_code(errno, std::generic_category()).message()
        );
    }
    // Absolute, so that its paths keep their meaning whatever the working folder becomes.
    auto config = parse_config(*text, std::filesystem::absolute(file));
    if (!config) {
        config.error().file = file;
    }
    return config;
}

}  // namespace inference
