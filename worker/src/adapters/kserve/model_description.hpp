/// @file adapters/kserve/model_description.hpp
/// @brief What a served model takes and gives, as the server describes it.
#pragma once

#include "kserve_v2.pb.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

struct TensorDescription {
    std::string name;
    std::string datatype;  ///< The wire name, also of types that we do not know.
    std::vector<std::int64_t> shape;  ///< -1: any length. The batch dimension is included.
    bool optional = false;
};

/// Threads: plain data, immutable once it is shared.
struct ModelDescription {
    std::vector<TensorDescription>
        inputs;  ///< Empty where the server does not say: then nothing is checked.
    std::vector<TensorDescription> outputs;
    std::int64_t max_batch_size =
        0;  ///< 0: the first dimension is no batch, or the server does not say.
    bool is_decoupled = false;  ///< Answers any number of times, in a stream.
    bool keeps_sequences = false;  ///< Remembers what came before in the same sequence.
    std::uint64_t priority_levels = 0;  ///< 1 is the most urgent. 0: the model has none.
    bool takes_timeout = false;  ///< A request may say how long it would wait in the queue.
};

/// Range: `config` is null where the server has no such call; KServe v2 itself does not know it.
ModelDescription describe(
    const kserve::ModelMetadataResponse& metadata, const kserve::ModelConfig* config
);

/// Whether a request of several rows could as well be sent in parts: not where the first dimension is fixed by the model, nor
/// where an answer belongs to a request as a whole.
bool takes_parts(const ModelDescription& model) noexcept;

/// nullptr where there is none of that name.
const TensorDescription* find_tensor(
    const std::vector<TensorDescription>& tensors, std::string_view name
) noexcept;

/// @code shape_text({-1, 64}) == "[-1,64]" @endcode
std::string shape_text(const std::vector<std::int64_t>& shape);

/// Whether a shape is one that the description allows.
bool fits(
    const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& allowed
) noexcept;

}  // namespace inference
