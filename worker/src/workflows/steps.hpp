/// @file workflows/steps.hpp
/// @brief The three activities of a job, as workflows call them and workers bind them.
#pragma once

#include "contracts/infer_request.hpp"
#include "contracts/infer_response.hpp"
#include "contracts/inferred.hpp"
#include "contracts/names.hpp"
#include "contracts/processed.hpp"
#include "temporal/activity.hpp"

#include <chrono>

namespace inference {

inline constexpr temporal::Activity<Processed(InferRequest)> preprocess_step{names::kPreprocess};
inline constexpr temporal::Activity<Inferred(Processed)> infer_step{names::kInfer};
inline constexpr temporal::Activity<InferResponse(Inferred)> postprocess_step{names::kPostprocess};

/// The design's numbers. They are part of the commands, and a change of them replays.
namespace numbers {
inline constexpr std::chrono::seconds kPreprocessTimeout{30};
inline constexpr std::chrono::seconds kPostprocessTimeout{10};
inline constexpr int kStepTries = 3;
inline constexpr std::chrono::minutes kInferTimeout{5};
/// The engine's deadline lies this far before the activity's, so that the worker and not the server notices it.
inline constexpr std::chrono::seconds kInferMargin{5};
}  // namespace numbers

}  // namespace inference
