#include "options.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>

namespace engine_sim {

namespace {

/// What is said in plain numbers and strings, before it means something.
struct Texts {
    std::vector<std::string> tensor_models;
    std::int64_t latency_ms = 0;
    std::int64_t prefill_us = 0;
    std::int64_t decode_us = 0;
    std::int64_t idle_ms = 5000;
    std::int64_t sse_keep_alive_ms = 0;
    std::string policy = "fcfs";
    std::string faults;
};

void declare_endpoints(CLI::App& app, Options& options) {
    app.add_option("--host", options.host, "Address to listen on")->capture_default_str();
    app.add_option(
        "--http-port", options.http_port, "OpenAI, and KServe v2 under /v2; 0 picks a free one"
    );
    app.add_option("--grpc-port", options.grpc_port, "KServe v2 over gRPC; 0 picks a free one");
    app.add_option(
        "--control-port", options.control_port, "The paths under /sim; 0 picks a free one"
    );
    app.add_option("--api-key", options.api_key, "Asked for on HTTP paths under /v1 and /v2");
}

void declare_models(CLI::App& app, Options& options, Texts& texts) {
    app.add_option("--model", options.text_models.names, "A text model; repeatable");
    app.add_option(
        "--tensor-model",
        texts.tensor_models,
        "A tensor model; repeatable: 'NAME: BEHAVIOUR(INPUT TYPE[SIZES], ...) -> OUTPUT "
        "TYPE[SIZES], ... "
        "[max_batch N]' with behaviour echo, sum, argmax, repeat or dense@FILE"
    );
    app.add_option(
           "--max-model-len", options.text_models.max_model_len, "Tokens of prompt and answer"
    )
        ->capture_default_str();
    app.add_option("--embedding-dimensions", options.text_models.embedding_dimensions)
        ->check(CLI::Range(1, 65'536))
        ->capture_default_str();
}

void declare_load(CLI::App& app, Options& options, Texts& texts) {
    app.add_option("--latency-ms", texts.latency_ms, "Of every call, before its tokens");
    app.add_option("--prefill-us-per-token", texts.prefill_us, "For each token of the prompt");
    app.add_option("--decode-us-per-token", texts.decode_us, "For each token of the answer");
    app.add_option("--slots", options.limits.slots, "Sequences that run at a time")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option(
        "--queue", options.limits.queue, "Sequences that may wait; without it, any number"
    );
    app.add_option("--scheduling-policy", texts.policy)->check(CLI::IsMember({"fcfs", "priority"}));
    app.add_option("--keep-alive-ms", texts.idle_ms, "Idle connections are closed after that")
        ->capture_default_str();
    app.add_option(
           "--sse-keep-alive-ms",
           texts.sse_keep_alive_ms,
           "A stream that was silent for so long gets a comment; 0: never"
    )
        ->capture_default_str();
}

void declare_tests(CLI::App& app, Options& options, Texts& texts) {
    app.add_option(
        "--log", options.log, "Append what happens to calls to this file, a line of JSON each"
    );
    app.add_option("--faults", texts.faults, "A fault script, or the file that has it");
}

FaultScript read_faults(const std::string& text) {
    if (text.empty()) {
        return {};
    }
    if (text.starts_with('[')) {
        return FaultScript::from_json(nlohmann::json::parse(text));
    }
    std::ifstream file(text);
    if (!file) {
        throw std::invalid_argument("cannot read the fault script '" + text + "'");
    }
    return FaultScript::from_json(nlohmann::json::parse(file));
}

void interpret(const Texts& texts, Options& options) {
    options.speed = {
        .latency = std::chrono::milliseconds(texts.latency_ms),
        .prefill_per_token = std::chrono::microseconds(texts.prefill_us),
        .decode_per_token = std::chrono::microseconds(texts.decode_us),
    };
    options.idle_timeout = std::chrono::milliseconds(texts.idle_ms);
    options.sse_keep_alive = std::chrono::milliseconds(texts.sse_keep_alive_ms);
    options.limits.by_priority = texts.policy == "priority";
    for (const std::string& signature : texts.tensor_models) {
        options.tensor_models.emplace_back(TensorSignature::parse(signature));
    }
    options.faults = read_faults(texts.faults);
}

}  // namespace

Options parse_options(int argc, char** argv) {
    Options options;
    Texts texts;
    CLI::App app("A simulated inference engine that speaks the dialects of vLLM and Triton.");
    declare_endpoints(app, options);
    declare_models(app, options, texts);
    declare_load(app, options, texts);
    declare_tests(app, options, texts);
    try {
        app.parse(argc, argv);
        interpret(texts, options);
    } catch (const CLI::ParseError& error) {
        std::exit(app.exit(error) == 0 ? 0 : 2);
    } catch (const std::exception& error) {
        std::cerr << "engine-sim: " << error.what() << '\n';
        std::exit(2);
    }
    return options;
}

}  // namespace engine_sim
