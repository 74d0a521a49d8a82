#include "config/read_models.hpp"

#include "adapters/endpoint_options.hpp"
#include "adapters/engine_kind.hpp"
#include "config/check_endpoint.hpp"
#include "config/check_fallbacks.hpp"
#include "config/yaml_json.hpp"
#include "config/yaml_map.hpp"
#include "contracts/text_filter.hpp"
#include "registry/engine.hpp"
#include "registry/model.hpp"

#include <nlohmann/json_fwd.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inference {
namespace {

constexpr std::chrono::milliseconds kTensorTimeout{30'000};

bool is_model_name(std::string_view name) noexcept {
    constexpr std::string_view kFirst = "abcdefghijklmnopqrstuvwxyz0123456789";
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789._-";
    return !name.empty() && kFirst.find(name.front()) != std::string_view::npos &&
           name.find_first_not_of(kLetters) == std::string_view::npos;
}

bool is_variable_name(std::string_view name) noexcept {
    constexpr std::string_view kLetters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    return !name.empty() && name.find_first_not_of(kLetters) == std::string_view::npos &&
           (name.front() < '0' || name.front() > '9');
}

/// Reads the keys of one model.
class ModelReader {
public:
    ModelReader(
        const std::string& name,
        const YamlValue& value,
        const std::filesystem::path& folder,
        ConfigProblems& problems
    )
        : problems_(problems), folder_(folder), value_(value), map_(value, problems) {
        model_.name = name;
        model_.engine_model = name;
    }

    /// Once.
    Model read() {
        if (!is_model_name(model_.name)) {
            problems_.add(
                value_,
                "is no name of a model; it takes lower-case letters, digits, '.', '_' and '-'"
            );
        }
        read_engine();
        read_endpoints();
        map_.read("engine_model", model_.engine_model);
        read_api_key_env();
        map_.read("timeout", model_.timeout);
        map_.read("ready_timeout", model_.ready_timeout, std::chrono::milliseconds(0));
        map_.read("max_concurrency", model_.max_concurrency);
        map_.read("max_batch", model_.max_batch);
        map_.read("fallback", model_.fallback);
        read_breaker();
        read_defaults();
        read_template();
        map_.finish();
        return std::move(model_);
    }

    /// Where the file names the fallback, if it does.
    std::optional<YamlValue> fallback_line() { return map_.find("fallback"); }

private:
    void read_engine() {
        std::optional<std::string> name;
        const auto value = map_.require("engine", "one of " + engine_names());
        map_.read("engine", name);
        const auto engine =
            name ? named<EngineKind>(*name, *value, problems_, engine_from, engine_names())
                 : std::nullopt;
        engine_is_known_ = engine.has_value();
        model_.engine = engine.value_or(model_.engine);
        if (speaks_tensors()) {
            model_.timeout = kTensorTimeout;
        }
    }

    bool speaks_tensors() const { return dialect_of(model_.engine) == Dialect::kKserveV2; }

    void read_endpoints() {
        constexpr std::string_view kTakes = "a list of at least one address";
        read_tls();
        const auto value = map_.require("endpoints", kTakes);
        if (!value) {
            return;
        }
        for (const auto& [endpoint, element] : texts_of(*value, problems_, kTakes)) {
            const bool is_new = std::ranges::count(model_.endpoints, endpoint) == 0;
            model_.endpoints.push_back(endpoint);
            const auto complaint =
                engine_is_known_ ? check_endpoint(model_, endpoint) : std::nullopt;
            if (complaint) {
                problems_.add(element, *complaint);
            } else if (!is_new) {
                problems_.add(element, "is in the list twice; keep one");
            }
        }
    }

    void read_tls() {
        const auto value = map_.find("tls");
        if (!value || (value->node.IsScalar() && value->node.Scalar() == "false")) {
            return;
        }
        TlsFiles& tls = model_.tls.emplace();
        if (value->node.IsScalar() && value->node.Scalar() == "true") {
            return;
        }
        YamlMap map(*value, problems_);
        map.read("ca_file", tls.ca_file, folder_);
        map.read("cert_file", tls.cert_file, folder_);
        map.read("key_file", tls.key_file, folder_);
        map.read("server_name", tls.server_name);
        map.finish();
        if (tls.cert_file.empty() != tls.key_file.empty()) {
            problems_.add(
                *value, "has only one of cert_file and key_file; a client's certificate takes both"
            );
        }
    }

    void read_api_key_env() {
        map_.read("api_key_env", model_.api_key_env);
        if (model_.api_key_env && !is_variable_name(*model_.api_key_env)) {
            // What stands there may be the key itself, so it is not repeated.
            problems_.add(
                *map_.find("api_key_env"),
                "is no name of an environment variable; it takes the variable's name, not the key"
            );
        }
    }

    void read_breaker() {
        if (const auto value = map_.find("breaker")) {
            BreakerOptions& breaker = model_.breaker;
            YamlMap map(*value, problems_);
            map.read_share("error_threshold", breaker.error_threshold);
            map.read("minimum_calls", breaker.minimum_calls);
            map.read("evaluation_window", breaker.evaluation_window);
            map.read("consecutive_failures", breaker.consecutive_failures);
            map.read("recovery_timeout", breaker.recovery_timeout);
            map.read("probes", breaker.probes);
            map.finish();
        }
    }

    void read_defaults() {
        const auto value = map_.find("defaults");
        if (!value) {
            return;
        }
        YamlMap map(*value, problems_);
        for (const auto& [key, parameter] : map.entries()) {
            nlohmann::json json = yaml_to_json(parameter, problems_);
            if (is_reserved_parameter(dialect_of(model_.engine), key)) {
                problems_.add(parameter, "is written by the worker itself; remove it");
            } else if (speaks_tensors() && (!json.is_primitive() || json.is_null())) {
                problems_.add(
                    parameter,
                    "takes a text, a number, true or false, as parameters of tensor requests do"
                );
            }
            model_.defaults[key] = std::move(json);
        }
    }

    void read_template() {
        const auto value = map_.find("template");
        if (!value) {
            return;
        }
        if (speaks_tensors()) {
            problems_.add(
                *value,
                "is for texts, and " + std::string(to_string(model_.engine)) +
                    " takes tensors; remove it"
            );
        }
        ModelTemplate& model_template = model_.prompt_template;
        if (value->node.IsScalar()) {
            map_.read("template", model_template.prompt);
        } else {
            YamlMap map(*value, problems_);
            map.read("prompt", model_template.prompt);
            read_filters(map, model_template.filters);
            map.finish();
        }
        if (!model_template.prompt.empty() &&
            model_template.prompt.find(kPromptPlaceholder) == std::string::npos) {
            problems_.add(*value, "has no {prompt} in it, which stands for the request's text");
        }
    }

    void read_filters(YamlMap& map, std::vector<TextFilter>& filters) {
        const auto value = map.find("filters");
        if (!value) {
            return;
        }
        for (const auto& [name, element] :
             texts_of(*value, problems_, "a list of " + text_filter_names())) {
            if (const auto filter = named<TextFilter>(
                    name, element, problems_, text_filter_from, text_filter_names()
                )) {
                filters.push_back(*filter);
            }
        }
    }

    ConfigProblems& problems_;
    const std::filesystem::path& folder_;
    YamlValue value_;
    YamlMap map_;
    Model model_;
    bool engine_is_known_ = false;
};

}  // namespace

std::vector<Model> read_models(
    const YamlValue& section, const std::filesystem::path& folder, ConfigProblems& problems
) {
    std::vector<Model> models;
    std::vector<FallbackLine> fallbacks;
    for (const auto& [name, value] : YamlMap(section, problems).entries()) {
        ModelReader reader(name, value, folder, problems);
        models.push_back(reader.read());
        if (auto line = reader.fallback_line()) {
            fallbacks.push_back({models.size() - 1, *std::move(line)});
        }
    }
    check_fallbacks(models, fallbacks, problems);
    return models;
}

}  // namespace inference
