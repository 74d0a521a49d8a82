/// @file temporal/priority.hpp
/// @brief Which task of a queue goes first.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>

namespace temporal {

/// Where the tasks of a workflow stand among the others of their queue. What is left at its default is inherited: by an activity
/// from its workflow, by a workflow from the server.
///
/// Range:  a server that does not know a part of it, or has it turned off, ignores it.
/// Errors: a `fairness_key` of more than 64 bytes is refused by the server.
struct Priority {
    int key = 0;  ///< 1 is served first, 5 last, strictly; 0: not set, which counts as 3.
    /// Keys take turns: the backlog of one does not keep the others waiting.
    std::string fairness_key = {};
    float fairness_weight =
        0;  ///< Turns of this key to one of others, 0.001 to 1,000; 0: not set, which counts as 1.

    friend bool operator==(const Priority&, const Priority&) = default;
};

/// The same for the options of one call, which borrow their strings.
struct PriorityView {
    int key = 0;
    std::string_view fairness_key = {};
    float fairness_weight = 0;
};

static_assert(std::is_trivially_destructible_v<PriorityView>);

}  // namespace temporal
