#include "adapters/kserve/request_hints.hpp"

#include "adapters/kserve/infer_request.hpp"

#include <algorithm>
#include <random>
#include <string>

namespace inference {
namespace {

using Parameters = google::protobuf::Map<std::string, kserve::InferParameter>;

constexpr char kPriority[] = "priority";
constexpr char kTimeout[] = "timeout";
constexpr char kSequenceId[] = "sequence_id";
constexpr char kSequenceStart[] = "sequence_start";
constexpr char kSequenceEnd[] = "sequence_end";
constexpr int kPriorityStep = 10;

bool is_sequence_id(const kserve::InferParameter& id) {
    return id.int64_param() > 0 || !id.string_param().empty();
}

bool has(const Parameters& parameters, const char* name) {
    return parameters.contains(name);
}

bool is_flag(const Parameters& parameters, const char* name) {
    const auto found = parameters.find(name);
    return found == parameters.end() ||
           found->second.parameter_choice_case() == kserve::InferParameter::kBoolParam;
}

/// What is wrong with the client's sequence parameters, for the end of a sentence; empty: nothing.
std::string sequence_problem(const Parameters& parameters) {
    if (!is_flag(parameters, kSequenceStart) || !is_flag(parameters, kSequenceEnd)) {
        return "has 'sequence_start' or 'sequence_end' that is no boolean; send true or false";
    }
    const auto id = parameters.find(kSequenceId);
    if (id != parameters.end() && !is_sequence_id(id->second)) {
        return "has a 'sequence_id' that names no sequence; send a whole number above 0 or a text";
    }
    if (id == parameters.end() &&
        (has(parameters, kSequenceStart) || has(parameters, kSequenceEnd))) {
        return "has 'sequence_start' or 'sequence_end' but no 'sequence_id'; send the id of the "
               "sequence, or none of the three for a request that is a whole sequence";
    }
    return {};
}

void add_sequence(std::int64_t id, Parameters& parameters) {
    parameters[kSequenceId].set_int64_param(id);
    parameters[kSequenceStart].set_bool_param(true);
    parameters[kSequenceEnd].set_bool_param(true);
}

std::uint64_t level_of(int priority, std::uint64_t levels) {
    const int level = std::max(priority, 0) / kPriorityStep + 1;
    // Above its levels Triton takes the default one, which may be the most urgent.
    return std::min(static_cast<std::uint64_t>(level), levels);
}

/// Range: above 0, at random.
std::int64_t new_sequence_id() {
    std::random_device random;
    return std::uniform_int_distribution<std::int64_t>(1, INT64_MAX)(random);
}

}  // namespace

std::optional<Error> add_hints(
    const RequestHints& hints,
    const ModelDescription& model,
    std::string_view model_name,
    kserve::ModelInferRequest& request
) {
    Parameters& parameters = *request.mutable_parameters();
    if (const std::string problem = sequence_problem(parameters); !problem.empty()) {
        return fatal(
            ErrorCode::kValidation,
            "model '" + std::string(model_name) + "': the request " + problem
        );
    }
    if (model.keeps_sequences && !has(parameters, kSequenceId)) {
        add_sequence(hints.new_sequence_id, parameters);
    }
    if (model.priority_levels > 0 && !has(parameters, kPriority)) {
        parameters[kPriority].set_uint64_param(level_of(hints.priority, model.priority_levels));
    }
    if (model.takes_timeout && !has(parameters, kTimeout)) {
        parameters[kTimeout].set_int64_param(std::max<std::int64_t>(hints.time_left.count(), 1));
    }
    return std::nullopt;
}

Result<kserve::ModelInferRequest> request_with_hints(
    const EngineCall& call, const ModelDescription& model, Deadline deadline
) {
    const auto time_left = deadline - std::chrono::steady_clock::now();
    const RequestHints hints{
        .priority = call.priority,
        .time_left = std::chrono::duration_cast<std::chrono::microseconds>(time_left),
        .new_sequence_id = model.keeps_sequences ? new_sequence_id() : 1,
    };
    auto request = encode_request(call.body, model, call.model);
    if (!request) {
        return request;
    }
    if (auto problem = add_hints(hints, model, call.model, *request)) {
        return tl::unexpected(*std::move(problem));
    }
    return request;
}

}  // namespace inference
