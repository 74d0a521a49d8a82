/// @file contracts/arbitrary_json.hpp
/// @brief JSON that nobody would write, for tests that something holds whatever comes.
#pragma once

#include <nlohmann/json.hpp>
#include <rapidcheck.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace inference::testing {

/// Stands in every text that arbitrary JSON holds. No error message may contain it.
inline constexpr char kCanary[] = "a secret of the client";

inline rc::Gen<nlohmann::json> arbitrary_scalar() {
    using Json = nlohmann::json;
    return rc::gen::oneOf(
        rc::gen::just(Json()),
        rc::gen::map(rc::gen::arbitrary<bool>(), [](bool value) { return Json(value); }),
        rc::gen::map(
            rc::gen::arbitrary<std::int64_t>(), [](std::int64_t value) { return Json(value); }
        ),
        rc::gen::map(
            rc::gen::arbitrary<std::uint64_t>(), [](std::uint64_t value) { return Json(value); }
        ),
        rc::gen::map(rc::gen::inRange(-3, 4), [](int value) { return Json(value); }),
        rc::gen::map(rc::gen::arbitrary<double>(), [](double value) { return Json(value); }),
        rc::gen::map(
            rc::gen::inRange(0, 100),
            [](int value) { return Json(kCanary + std::to_string(value)); }
        )
    );
}

/// An object that has each of the keys or not, with a value of any kind.
inline rc::Gen<nlohmann::json> arbitrary_object(
    std::vector<std::string> keys, rc::Gen<nlohmann::json> value
) {
    using Fields = std::vector<std::pair<std::string, nlohmann::json>>;
    const auto field = rc::gen::pair(rc::gen::elementOf(std::move(keys)), std::move(value));
    return rc::gen::map(
        rc::gen::resize(12, rc::gen::container<Fields>(field)),
        [](const Fields& fields) {
            nlohmann::json object = nlohmann::json::object();
            for (const auto& [key, content] : fields) {
                object[key] = content;
            }
            return object;
        }
    );
}

/// A value of any kind, objects having some of the keys.
inline rc::Gen<nlohmann::json> arbitrary_json(const std::vector<std::string>& keys, int depth = 3) {
    if (depth == 0) {
        return arbitrary_scalar();
    }
    const auto below = arbitrary_json(keys, depth - 1);
    return rc::gen::oneOf(
        arbitrary_scalar(),
        arbitrary_object(keys, below),
        rc::gen::map(
            rc::gen::resize(4, rc::gen::container<std::vector<nlohmann::json>>(below)),
            [](const auto& elements) { return nlohmann::json(elements); }
        )
    );
}

}  // namespace inference::testing
