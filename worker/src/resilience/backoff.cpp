#include "resilience/backoff.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace inference {

std::chrono::milliseconds backoff(
    const RetryNumbers& numbers, int failures, std::chrono::milliseconds longest, double uniform
) {
    const double grown = static_cast<double>(numbers.first_delay.count()) *
                         std::pow(numbers.coefficient, failures - 1);
    const double bounded = std::min(grown, static_cast<double>(longest.count()));
    const double spread = 1.0 - numbers.jitter + 2.0 * numbers.jitter * uniform;
    return std::chrono::milliseconds{
        static_cast<std::int64_t>(std::min(bounded * spread, static_cast<double>(longest.count())))
    };
}

}  // namespace inference
