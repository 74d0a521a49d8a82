/// @file activities/batch_ends.hpp
/// @brief The first and the last step of a batch: from the request to items that can be sent, and from journals to results.
#pragma once

#include "activities/registered_attributes.hpp"
#include "contracts/batch_request.hpp"
#include "contracts/batch_response.hpp"
#include "contracts/batch_steps.hpp"
#include "files/stores.hpp"
#include "registry/model_registry.hpp"
#include "telemetry/work_observer.hpp"
#include "temporal/activity_context.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

namespace inference {

/// What of the configuration a batch keeps for its life.
struct BatchLimits {
    std::chrono::milliseconds heartbeat_timeout{10'000};
    std::int64_t history_limit = 8'000;
};

/// Reads every item once: all that are none, or that their model does not take, are named before anything is sent. Claims the
/// output, writes inline items to a file, and notes where each item stands.
///
/// Errors: throws the ApplicationFailure of a classified error: Fatal VALIDATION naming lines, files and fields; Transient STORAGE.
class PreprocessBatchActivity {
public:
    /// @param attributes Null: batches set no search attributes.
    PreprocessBatchActivity(
        std::shared_ptr<const ModelRegistry> registry,
        std::shared_ptr<const Stores> stores,
        std::shared_ptr<RegisteredAttributes> attributes,
        BatchLimits limits,
        std::shared_ptr<WorkObserver> observer
    )
        : registry_(std::move(registry)),
          stores_(std::move(stores)),
          attributes_(std::move(attributes)),
          limits_(limits),
          observer_(std::move(observer)) {}

    BatchOutline operator()(temporal::ActivityContext& ctx, BatchRequest request) const;

private:
    std::shared_ptr<const ModelRegistry> registry_;
    std::shared_ptr<const Stores> stores_;
    std::shared_ptr<RegisteredAttributes> attributes_;
    BatchLimits limits_;
    std::shared_ptr<WorkObserver> observer_;
};

/// Puts the results together, whole and in order, whatever of the batch is done; small ones that nobody named a file for come back
/// in the response.
///
/// Errors: throws the ApplicationFailure of Transient STORAGE.
class PostprocessBatchActivity {
public:
    explicit PostprocessBatchActivity(std::shared_ptr<const Stores> stores)
        : stores_(std::move(stores)) {}

    BatchResponse operator()(temporal::ActivityContext& ctx, BatchEnd end) const;

private:
    std::shared_ptr<const Stores> stores_;
};

}  // namespace inference
