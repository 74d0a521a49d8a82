/// @file support/process_threads.hpp
/// @brief How many threads this process has right now.
#pragma once

#include <fstream>
#include <string>

namespace inference::testing {

inline int process_threads() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        int count = 0;
        if (word == "Threads:" && status >> count) {
            return count;
        }
    }
    return -1;
}

}  // namespace inference::testing
