/// @file bridge/runtime.hpp
/// @brief Core's runtime behind the C ABI.
#pragma once

#include "temporal/runtime.hpp"

#include <memory>
#include <string>

struct tcore_runtime;

namespace temporal::bridge {

/// Owns core's threads and forwards its log.
///
/// Destroy: from any thread; waits for core's threads to end, except on one of them, where a thread
///          of its own does that.
class Runtime final {
public:
    /// Errors: Error with what is wrong with the options.
    [[nodiscard]] static std::shared_ptr<Runtime> make(const RuntimeOptions& options);

    ~Runtime();
    Runtime(const Runtime&) = delete;
    Runtime& operator=(const Runtime&) = delete;

    [[nodiscard]] tcore_runtime* handle() const noexcept;
    [[nodiscard]] const std::string& metrics_address() const noexcept { return metrics_address_; }

private:
    struct Owned;
    Runtime(std::unique_ptr<Owned> owned, std::string metrics_address);

    std::unique_ptr<Owned> owned_;
    std::string metrics_address_;
};

}  // namespace temporal::bridge
