#include "tensor_model.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <span>
#include <stdexcept>
#include <utility>

namespace engine_sim {

namespace {

GrpcReply invalid(std::string message) {
    return {.code = grpc::StatusCode::INVALID_ARGUMENT, .message = std::move(message)};
}

bool shape_fits(const std::vector<std::int64_t>& wanted, const std::vector<std::int64_t>& given) {
    return std::ranges::equal(wanted, given, [](std::int64_t want, std::int64_t have) {
        return have >= 0 && (want == -1 || want == have);
    });
}

std::string list_of_names(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
        text += (text.empty() ? "'" : ",'") + name + "'";
    }
    return "[" + text + "]";
}

/// The rows of a tensor: its last dimension, as often as there is one.
std::vector<std::span<const double>> rows_of(const std::vector<double>& values, std::size_t width) {
    std::vector<std::span<const double>> rows;
    for (std::size_t begin = 0; width > 0 && begin + width <= values.size(); begin += width) {
        rows.emplace_back(values.data() + begin, width);
    }
    return rows;
}

double place_of_largest(std::span<const double> row) {
    return static_cast<double>(std::ranges::max_element(row) - row.begin());
}

/// The shape of `count` elements in a model's output: the sizes left open are the rows.
std::vector<std::int64_t> filled(std::vector<std::int64_t> shape, std::size_t rows) {
    std::ranges::replace(shape, std::int64_t{-1}, static_cast<std::int64_t>(rows));
    return shape;
}

}  // namespace

struct TensorModel::Behaviour {
    std::string_view name;
    std::vector<Tensor> (TensorModel::*run)(const Inputs&, std::size_t response) const;
    bool (*fits)(std::size_t inputs, std::size_t outputs);
    bool numeric;
};

const TensorModel::Behaviour& TensorModel::find_behaviour(const std::string& name) {
    using Count = std::size_t;
    static constexpr std::array kBehaviours = {
        Behaviour{"echo", &TensorModel::echo, [](Count in, Count out) { return in == out; }, false},
        Behaviour{"sum", &TensorModel::sum, [](Count, Count out) { return out == 1; }, true},
        Behaviour{
            "argmax",
            &TensorModel::argmax,
            [](Count in, Count out) { return in == 1 && out == 1; },
            true
        },
        Behaviour{
            "dense",
            &TensorModel::dense,
            [](Count in, Count out) { return in == 1 && out <= 2; },
            true
        },
        Behaviour{
            "repeat",
            &TensorModel::repeat,
            [](Count in, Count out) { return in >= 2 && (out == in - 1 || out == in); },
            false
        },
    };
    const auto* const found = std::ranges::find(kBehaviours, name, &Behaviour::name);
    if (found == kBehaviours.end()) {
        throw std::invalid_argument(
            "the behaviour '" + name + "' is not one of echo, sum, argmax, dense, repeat"
        );
    }
    return *found;
}

TensorModel::TensorModel(TensorSignature signature)
    : signature_(std::move(signature)), behaviour_(&find_behaviour(signature_.behaviour)) {
    const std::string what = "tensor model '" + signature_.name + "': " + signature_.behaviour;
    if (!behaviour_->fits(signature_.inputs.size(), signature_.outputs.size())) {
        throw std::invalid_argument(what + " does not take so many inputs and outputs");
    }
    if (behaviour_->numeric) {
        check_numeric();
    }
    if (is_decoupled() && !is_numeric(signature_.inputs.back().datatype)) {
        throw std::invalid_argument(what + " needs a number as its last input");
    }
    if (behaviour_->run == &TensorModel::dense) {
        network_ = DenseNetwork::load(signature_.file);
        if (static_cast<std::int64_t>(network_->inputs()) !=
            signature_.inputs.front().shape.back()) {
            throw std::invalid_argument(
                what + " needs rows of " + std::to_string(network_->inputs()) + " elements"
            );
        }
    }
}

void TensorModel::check_numeric() const {
    for (const auto* tensors : {&signature_.inputs, &signature_.outputs}) {
        for (const TensorSpec& tensor : *tensors) {
            if (!is_numeric(tensor.datatype)) {
                throw std::invalid_argument(
                    "tensor model '" + signature_.name + "': " + signature_.behaviour +
                    " cannot compute with " + tensor.datatype
                );
            }
        }
    }
}

tl::expected<std::vector<Tensor>, GrpcReply> TensorModel::infer(
    const std::vector<Tensor>& inputs, std::string_view request_id, std::size_t response
) const {
    return check(inputs, request_id).map([&](const Inputs& checked) {
        return (this->*behaviour_->run)(checked, response);
    });
}

bool TensorModel::is_decoupled() const {
    return behaviour_->run == &TensorModel::repeat;
}

std::size_t TensorModel::responses(const std::vector<Tensor>& inputs) const {
    if (!is_decoupled()) {
        return 1;
    }
    const auto times = std::ranges::find_if(inputs, [&](const Tensor& input) {
        return input.spec.name == signature_.inputs.back().name;
    });
    const std::vector<double> values =
        times == inputs.end() ? std::vector<double>() : to_doubles(*times);
    return values.empty() ? 0 : static_cast<std::size_t>(std::max(values.front(), 0.0));
}

tl::expected<TensorModel::Inputs, GrpcReply> TensorModel::check(
    const std::vector<Tensor>& inputs, std::string_view request_id
) const {
    const std::string prefix =
        "[request id: " + (request_id.empty() ? "<id_unknown>" : std::string(request_id)) + "] ";
    for (const Tensor& given : inputs) {
        if (std::ranges::find(signature_.inputs, given.spec.name, &TensorSpec::name) ==
            signature_.inputs.end()) {
            return tl::unexpected(invalid(
                "unexpected inference input '" + given.spec.name + "' for model '" +
                signature_.name + "'"
            ));
        }
    }
    Inputs ordered;
    std::vector<std::string> missing;
    for (const TensorSpec& wanted : signature_.inputs) {
        const auto given = std::ranges::find_if(inputs, [&](const Tensor& tensor) {
            return tensor.spec.name == wanted.name;
        });
        if (given == inputs.end()) {
            missing.push_back(wanted.name);
        } else if (auto refusal = refuse(wanted, *given, prefix)) {
            return tl::unexpected(*std::move(refusal));
        } else {
            ordered.push_back(&*given);
        }
    }
    if (!missing.empty()) {
        return tl::unexpected(invalid(prefix + missing_inputs(inputs, missing)));
    }
    return ordered;
}

std::string TensorModel::missing_inputs(
    const std::vector<Tensor>& given, const std::vector<std::string>& missing
) const {
    std::vector<std::string> names;
    std::ranges::transform(given, std::back_inserter(names), [](const Tensor& tensor) {
        return tensor.spec.name;
    });
    return "expected " + std::to_string(signature_.inputs.size()) + " inputs but got " +
           std::to_string(given.size()) + " inputs for model '" + signature_.name +
           "'. Got input(s) " + list_of_names(names) + ", but missing required input(s) " +
           list_of_names(missing) + ". Please provide all required input(s).";
}

std::optional<GrpcReply> TensorModel::refuse(
    const TensorSpec& wanted, const Tensor& given, const std::string& prefix
) const {
    const std::string& input = wanted.name;
    const std::string& model = signature_.name;
    if (given.spec.datatype != wanted.datatype) {
        return invalid(
            prefix + "inference input '" + input + "' data-type is '" + given.spec.datatype +
            "', but model '" + model + "' expects '" + wanted.datatype + "'"
        );
    }
    if (!shape_fits(wanted.shape, given.spec.shape)) {
        return invalid(
            prefix + "unexpected shape for input '" + input + "' for model '" + model +
            "'. Expected " + shape_text(wanted.shape) + ", got " + shape_text(given.spec.shape) +
            "."
        );
    }
    if (signature_.max_batch > 0 && given.spec.shape.front() > signature_.max_batch) {
        return invalid(
            prefix + "inference request batch-size must be <= " +
            std::to_string(signature_.max_batch) + " for '" + model + "'"
        );
    }
    const std::size_t size =
        element_size(wanted.datatype).value_or(0) * element_count(given.spec.shape);
    if (wanted.datatype != "BYTES" && given.bytes.size() != size) {
        return invalid(
            prefix + "input byte size mismatch for input '" + input + "' for model '" + model +
            "'. Expected " + std::to_string(size) + ", got " + std::to_string(given.bytes.size())
        );
    }
    if (const auto count = count_strings(given.bytes);
        wanted.datatype == "BYTES" && count != element_count(given.spec.shape)) {
        return invalid(
            prefix + "unexpected number of string elements " + std::to_string(count) +
            " for inference input '" + input + "', expecting " +
            std::to_string(element_count(given.spec.shape))
        );
    }
    return std::nullopt;
}

std::vector<Tensor> TensorModel::echo(const Inputs& inputs, std::size_t) const {
    std::vector<Tensor> outputs;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        outputs.push_back(*inputs[i]);
        outputs.back().spec.name = signature_.outputs[i].name;
    }
    return outputs;
}

std::vector<Tensor> TensorModel::repeat(const Inputs& inputs, std::size_t response) const {
    const Inputs echoed(inputs.begin(), inputs.end() - 1);
    std::vector<Tensor> outputs = echo(echoed, response);
    if (signature_.outputs.size() > echoed.size()) {
        const auto rows = static_cast<std::size_t>(inputs.front()->spec.shape.front());
        const auto shape = filled(signature_.outputs.back().shape, rows);
        const std::vector<double> numbers(element_count(shape), static_cast<double>(response));
        outputs.push_back(output(echoed.size(), shape, numbers));
    }
    return outputs;
}

std::vector<Tensor> TensorModel::sum(const Inputs& inputs, std::size_t) const {
    std::vector<double> sums = to_doubles(*inputs.front());
    for (const Tensor* const input : std::span(inputs).subspan(1)) {
        const std::vector<double> values = to_doubles(*input);
        for (std::size_t i = 0; i < std::min(sums.size(), values.size()); ++i) {
            sums[i] += values[i];
        }
    }
    return {output(0, inputs.front()->spec.shape, sums)};
}

std::vector<Tensor> TensorModel::argmax(const Inputs& inputs, std::size_t) const {
    const auto width = static_cast<std::size_t>(inputs.front()->spec.shape.back());
    const std::vector<double> values = to_doubles(*inputs.front());
    std::vector<double> places;
    for (const auto row : rows_of(values, width)) {
        places.push_back(place_of_largest(row));
    }
    return {output(0, filled(signature_.outputs.front().shape, places.size()), places)};
}

std::vector<Tensor> TensorModel::dense(const Inputs& inputs, std::size_t) const {
    const std::vector<double> values = to_doubles(*inputs.front());
    std::vector<double> labels;
    std::vector<double> probabilities;
    for (const auto row : rows_of(values, network_->inputs())) {
        const std::vector<double> answer = network_->run(row);
        labels.push_back(place_of_largest(answer));
        probabilities.insert(probabilities.end(), answer.begin(), answer.end());
    }
    std::vector<Tensor> outputs{
        output(0, filled(signature_.outputs.front().shape, labels.size()), labels)
    };
    if (signature_.outputs.size() == 2) {
        outputs.push_back(
            output(1, filled(signature_.outputs.back().shape, labels.size()), probabilities)
        );
    }
    return outputs;
}

Tensor TensorModel::output(
    std::size_t index, std::vector<std::int64_t> shape, const std::vector<double>& values
) const {
    const TensorSpec& spec = signature_.outputs[index];
    return {
        .spec = {.name = spec.name, .datatype = spec.datatype, .shape = std::move(shape)},
        .bytes = from_doubles(values, spec.datatype),
    };
}

}  // namespace engine_sim
