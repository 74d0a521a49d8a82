// A function that cannot implement the activity that it is registered for.
#include "temporal/activity.hpp"
#include "temporal/worker.hpp"

#include <string>

namespace temporal {

inline constexpr Activity<int(std::string)> length{"length"};

void register_it(Worker& worker) {
#ifdef MUST_NOT_COMPILE
    worker.add(length, [](int value) { return value; });
#else
    worker.add(length, [](const std::string& text) { return static_cast<int>(text.size()); });
#endif
}

}  // namespace temporal
