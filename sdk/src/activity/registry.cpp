#include "activity/registry.hpp"

#include <stdexcept>
#include <utility>

namespace temporal::activity {

void Registry::add(detail::ActivityType type) {
    if (type.name.empty()) {
        throw std::invalid_argument("an activity needs a name");
    }
    std::string name = type.name;
    const auto [where, added] = types_.try_emplace(std::move(name), std::move(type));
    if (!added) {
        throw std::invalid_argument("activity '" + where->first + "' is registered twice");
    }
}

const detail::ActivityType* Registry::find(std::string_view name) const {
    const auto found = types_.find(name);
    return found == types_.end() ? nullptr : &found->second;
}

std::vector<std::string_view> Registry::names() const {
    std::vector<std::string_view> names;
    names.reserve(types_.size());
    for (const auto& [name, type] : types_) {
        names.push_back(name);
    }
    return names;
}

}  // namespace temporal::activity
