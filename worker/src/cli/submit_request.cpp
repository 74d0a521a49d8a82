#include "cli/submit_request.hpp"

#include "cli/command_error.hpp"
#include "cli/text_source.hpp"
#include "contracts/describe.hpp"

#include <cstddef>
#include <utility>

namespace inference::cli {
namespace {

nlohmann::json read_input(const std::string& argument, std::istream& in) {
    const std::string name = argument.starts_with('@') ? argument.substr(1) : "--input";
    nlohmann::json input = parse_json(read_text(argument, in), name);
    if (input.is_string()) {
        return {{"prompt", std::move(input)}};
    }
    if (!input.is_object()) {
        throw CommandError(
            ExitCode::kUsage,
            name + " is " + describe(input) +
                R"(; it takes a string, which is a prompt, or an object such as {"messages": [...]})"
        );
    }
    return input;
}

}  // namespace

InferRequest build_request(const RequestArguments& arguments, std::istream& in) {
    if (arguments.model.empty()) {
        throw CommandError(ExitCode::kUsage, "--model is empty; it takes the name of a model");
    }
    InferRequest request{
        .model = arguments.model,
        .parameters = read_parameters(arguments.parameters),
        .priority = read_priority(arguments.priority),
        .stream = arguments.stream
    };
    if (!arguments.id.empty()) {
        request.job_id = arguments.id;
    }
    if (!arguments.client_id.empty()) {
        request.client_id = arguments.client_id;
    }
    request.input = read_input(arguments.input, in);
    return request;
}

nlohmann::json read_parameters(const std::vector<std::string>& arguments) {
    nlohmann::json parameters = nlohmann::json::object();
    for (const std::string& argument : arguments) {
        const std::size_t equals = argument.find('=');
        if (equals == std::string::npos || equals == 0) {
            throw CommandError(
                ExitCode::kUsage, "--param takes KEY=VALUE, such as --param max_tokens=20"
            );
        }
        const std::string value = argument.substr(equals + 1);
        nlohmann::json parsed = nlohmann::json::parse(value, nullptr, /*allow_exceptions=*/false);
        parameters[argument.substr(0, equals)] =
            parsed.is_discarded() ? nlohmann::json(value) : std::move(parsed);
    }
    return parameters;
}

std::optional<Priority> read_priority(const std::string& name) {
    if (name.empty()) {
        return std::nullopt;
    }
    const auto priority = priority_from(name);
    if (!priority) {
        throw CommandError(
            ExitCode::kUsage,
            "--priority is " + shown(name) + "; it takes one of " + priority_names()
        );
    }
    return priority;
}

}  // namespace inference::cli
