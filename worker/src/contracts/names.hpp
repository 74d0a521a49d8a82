/// @file contracts/names.hpp
/// @brief The names by which clients in any language reach the worker's workflows. They never change.
#pragma once

namespace inference::names {

// Arrays, not string views, so that they also serve as template arguments.
inline constexpr char kInferenceWorkflow[] = "InferenceWorkflow";
inline constexpr char kBatchWorkflow[] = "BatchWorkflow";

inline constexpr char kPreprocess[] = "preprocess";
inline constexpr char kInfer[] = "infer";
inline constexpr char kPostprocess[] = "postprocess";

inline constexpr char kPreprocessBatch[] = "preprocess_batch";
inline constexpr char kInferBatch[] = "infer_batch";
inline constexpr char kPostprocessBatch[] = "postprocess_batch";

inline constexpr char kQueueHigh[] = "inference-high";
inline constexpr char kQueueNormal[] = "inference-normal";
inline constexpr char kQueueLow[] = "inference-low";

inline constexpr char kStatusQuery[] = "status";
inline constexpr char kPauseSignal[] = "pause";
inline constexpr char kResumeSignal[] = "resume";

// What they do, for people who look at a job in Temporal's UI.
inline constexpr char kStatusDescription[] = "Where the job stands, as JSON.";
inline constexpr char kPauseDescription[] = "Lets no more chunks begin; those that run go on.";
inline constexpr char kResumeDescription[] = "Lets chunks begin again.";

/// Marks the history of a job whose preprocess is a local activity.
inline constexpr char kLocalPreprocess[] = "local-preprocess";

/// What ids of our own making begin with, before a UUIDv7.
inline constexpr char kInferenceIdPrefix[] = "inf-";
inline constexpr char kBatchIdPrefix[] = "batch-";

}  // namespace inference::names
