/// @file tensor_model.hpp
/// @brief A model on tensors that really computes, and refuses what Triton refuses in Triton's words.
#pragma once

#include "dense_network.hpp"
#include "fault_script.hpp"
#include "tensor.hpp"
#include "tensor_signature.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine_sim {

/// Behaviours:
///   echo    each output is the input of the same place
///   sum     the one output is the sum of the inputs, element by element
///   argmax  the one output is, for each row of the one input, the place of its largest element
///   dense   a network from a file: for each row of the one input its class, and as a second output the
///           probabilities
///   repeat  decoupled: each output is the input of the same place, as many times as the last input says; one
///           output more gets the number of the response, from 0
///
/// Threads: immutable.
class TensorModel {
public:
    /// Errors: std::invalid_argument if the behaviour is unknown or does not fit the tensors.
    explicit TensorModel(TensorSignature signature);

    const TensorSignature& signature() const { return signature_; }

    /// Errors: the reply that Triton would give. `request_id` appears in its message, empty or not.
    tl::expected<std::vector<Tensor>, GrpcReply> infer(
        const std::vector<Tensor>& inputs, std::string_view request_id, std::size_t response = 0
    ) const;

    /// Answers any number of times, in a stream.
    bool is_decoupled() const;

    /// How many times it answers these inputs, which it has not refused.
    std::size_t responses(const std::vector<Tensor>& inputs) const;

private:
    using Inputs = std::vector<const Tensor*>;  // in the order of the signature

    tl::expected<Inputs, GrpcReply> check(
        const std::vector<Tensor>& inputs, std::string_view request_id
    ) const;
    std::optional<GrpcReply> refuse(
        const TensorSpec& wanted, const Tensor& given, const std::string& prefix
    ) const;

    std::string missing_inputs(
        const std::vector<Tensor>& given, const std::vector<std::string>& missing
    ) const;

    std::vector<Tensor> echo(const Inputs& inputs, std::size_t response) const;
    std::vector<Tensor> sum(const Inputs& inputs, std::size_t response) const;
    std::vector<Tensor> argmax(const Inputs& inputs, std::size_t response) const;
    std::vector<Tensor> dense(const Inputs& inputs, std::size_t response) const;
    std::vector<Tensor> repeat(const Inputs& inputs, std::size_t response) const;
    Tensor output(
        std::size_t index, std::vector<std::int64_t> shape, const std::vector<double>& values
    ) const;

    struct Behaviour;
    static const Behaviour& find_behaviour(const std::string& name);
    void check_numeric() const;

    TensorSignature signature_;
    const Behaviour* behaviour_;
    std::optional<DenseNetwork> network_;
};

}  // namespace engine_sim
