#include "cli/suggestion.hpp"

#include "registry/closest_names.hpp"

#include <optional>
#include <utility>

namespace inference::cli {

std::string suggestion(std::string_view given, std::vector<std::string> names) {
    const std::optional<std::string> closest = closest_name(given, std::move(names));
    return closest ? "; did you mean " + *closest + "?" : std::string();
}

}  // namespace inference::cli
