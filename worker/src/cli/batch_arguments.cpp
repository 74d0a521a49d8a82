#include "cli/batch_arguments.hpp"

#include "cli/submit_request.hpp"

#include <optional>

namespace inference::cli {
namespace {

std::optional<std::string> given(const std::string& argument) {
    return argument.empty() ? std::nullopt : std::optional(argument);
}

}  // namespace

BatchRequest build_batch_request(const BatchArguments& arguments) {
    BatchRequest request;
    request.model = given(arguments.model);
    request.parameters = read_parameters(arguments.parameters);
    request.priority = read_priority(arguments.priority).value_or(Priority::kLow);
    request.job_id = given(arguments.id);
    request.client_id = given(arguments.client_id);
    request.skip_invalid = arguments.skip_invalid;
    return request;
}

}  // namespace inference::cli
