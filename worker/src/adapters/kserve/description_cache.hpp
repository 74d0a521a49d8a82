/// @file adapters/kserve/description_cache.hpp
/// @brief What an endpoint last said about its model.
#pragma once

#include "adapters/kserve/model_description.hpp"

#include <memory>
#include <mutex>
#include <utility>

namespace inference {

/// Threads: any.
class DescriptionCache {
public:
    /// nullptr where nothing is known.
    std::shared_ptr<const ModelDescription> get() const {
        const std::lock_guard lock(mutex_);
        return description_;
    }
    void set(std::shared_ptr<const ModelDescription> description) {
        const std::lock_guard lock(mutex_);
        description_ = std::move(description);
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const ModelDescription> description_;
};

}  // namespace inference
