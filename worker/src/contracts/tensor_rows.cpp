#include "contracts/tensor_rows.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>

namespace inference {
namespace {

using nlohmann::json;

std::string misfit(const json& joined, const json& next) {
    const json& shape = joined["shape"];
    const json& more = next["shape"];
    if (joined["datatype"] != next["datatype"]) {
        return "comes in two datatypes";
    }
    if (shape.empty() || more.empty()) {
        return "has no dimension along which its answers could be joined";
    }
    if (!std::equal(shape.begin() + 1, shape.end(), more.begin() + 1, more.end())) {
        return "comes in shapes " + shape.dump() + " and " + more.dump() +
               ", which cannot be joined";
    }
    const auto length = shape[0].get<std::int64_t>();
    if (more[0].get<std::int64_t>() > std::numeric_limits<std::int64_t>::max() - length) {
        return "is longer than any tensor";
    }
    return {};
}

}  // namespace

std::string append_rows(json& joined, json next) {
    if (std::string problem = misfit(joined, next); !problem.empty()) {
        return problem;
    }
    auto& elements = joined["data"].get_ref<json::array_t&>();
    std::ranges::move(next["data"].get_ref<json::array_t&>(), std::back_inserter(elements));
    joined["shape"][0] =
        joined["shape"][0].get<std::int64_t>() + next["shape"][0].get<std::int64_t>();
    if (next.contains("parameters")) {
        joined["parameters"].update(next["parameters"]);
    }
    return {};
}

}  // namespace inference
