/// @file tensor_signature.hpp
/// @brief A tensor model as one line of text, like the declaration of a function.
#pragma once

#include "tensor.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace engine_sim {

/// Shape: NAME: BEHAVIOUR(INPUT TYPE[SIZES], ...) -> OUTPUT TYPE[SIZES], ... [max_batch N]
///
/// `max_batch N` means what Triton means by it: the first size of every tensor is -1, the batch.
/// Errors: parse() throws std::invalid_argument that says what was expected where.
/// @code
///   parse("digits: dense@digits.json(pixels FP32[-1,64]) -> label INT64[-1,1] max_batch 64")
/// @endcode
struct TensorSignature {
    std::string name;
    std::string behaviour;
    std::string file;  ///< What follows `@`; empty without.
    std::vector<TensorSpec> inputs;
    std::vector<TensorSpec> outputs;
    int max_batch = 0;

    static TensorSignature parse(std::string_view text);
};

}  // namespace engine_sim
