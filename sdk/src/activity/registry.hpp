/// @file activity/registry.hpp
/// @brief The activities that a worker can run, by name.
#pragma once

#include "temporal/detail/activity_type.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace temporal::activity {

class Registry {
public:
    /// Errors: std::invalid_argument for an empty name, and for one that is taken.
    void add(detail::ActivityType type);

    /// Null if nobody registered it. Valid as long as the registry.
    [[nodiscard]] const detail::ActivityType* find(std::string_view name) const;
    /// In alphabetical order.
    [[nodiscard]] std::vector<std::string_view> names() const;
    [[nodiscard]] bool empty() const noexcept { return types_.empty(); }

private:
    std::map<std::string, detail::ActivityType, std::less<>> types_;
};

}  // namespace temporal::activity
