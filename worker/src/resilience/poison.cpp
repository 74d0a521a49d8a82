#include "resilience/poison.hpp"

namespace inference {

Error poison(const Error& error, int deaths) {
    Error poisoned = error;
    poisoned.error_class = ErrorClass::kFatal;
    poisoned.code = ErrorCode::kPoison;
    poisoned.message =
        "the engine died " + std::to_string(deaths) +
        " times under this input, so the input is taken for the cause; look into the "
        "engine's log and change or leave out the input. Last: " +
        error.message;
    return poisoned;
}

}  // namespace inference
