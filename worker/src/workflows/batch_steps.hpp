/// @file workflows/batch_steps.hpp
/// @brief The three activities of a batch, as its workflow calls them and workers bind them.
#pragma once

#include "contracts/batch_request.hpp"
#include "contracts/batch_response.hpp"
#include "contracts/batch_steps.hpp"
#include "contracts/names.hpp"
#include "temporal/activity.hpp"

namespace inference {

inline constexpr temporal::Activity<BatchOutline(BatchRequest)> preprocess_batch_step{
    names::kPreprocessBatch
};
inline constexpr temporal::Activity<ChunkReport(ChunkTask)> infer_batch_step{names::kInferBatch};
inline constexpr temporal::Activity<BatchResponse(BatchEnd)> postprocess_batch_step{
    names::kPostprocessBatch
};

}  // namespace inference
