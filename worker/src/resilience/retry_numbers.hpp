/// @file resilience/retry_numbers.hpp
/// @brief The numbers of the retry table.
#pragma once

#include <chrono>

namespace inference {

struct RetryNumbers {
    int transient_tries = 3;
    int timeout_tries = 2;
    int oom_tries = 2;  ///< With a single item.
    int engine_deaths = 2;  ///< Under the same input; then the input is at fault.
    int worker_lost_retries = 10;
    std::chrono::milliseconds first_delay{1'000};
    double coefficient = 2.0;
    double jitter = 0.2;
    std::chrono::milliseconds longest_delay{30'000};
    std::chrono::milliseconds longest_retry_after{60'000};
    /// Between two looks at an engine that is not ready.
    std::chrono::milliseconds longest_ready_delay{5'000};
};

}  // namespace inference
