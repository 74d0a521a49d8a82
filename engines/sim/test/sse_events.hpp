/// @file sse_events.hpp
/// @brief Server-sent events, taken apart for tests.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace engine_sim {

/// The data of each whole event; comments are left out.
inline std::vector<std::string> events_of(const std::string& body) {
    static const std::string field = "data: ";
    std::vector<std::string> events;
    std::size_t begin = 0;
    for (std::size_t end = body.find("\n\n"); end != std::string::npos;
         end = body.find("\n\n", begin)) {
        const std::string event = body.substr(begin, end - begin);
        if (event.starts_with(field)) {
            events.push_back(event.substr(field.size()));
        }
        begin = end + 2;
    }
    return events;
}

}  // namespace engine_sim
