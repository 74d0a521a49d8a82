#include "temporal/runtime.hpp"

#include "bridge/runtime.hpp"

namespace temporal {

Runtime::Runtime(const RuntimeOptions& options) : bridge_(bridge::Runtime::make(options)) {}

const std::string& Runtime::metrics_address() const noexcept {
    return bridge_->metrics_address();
}

}  // namespace temporal
