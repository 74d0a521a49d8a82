/// @file converter/merge_payloads.hpp
/// @brief Changes of a memo or of search attributes, as the server applies them.
#pragma once

#include "temporal/payload.hpp"

namespace temporal {

/// A null payload takes its entry away; any other takes the place of what was there.
inline void merge_payloads(PayloadMap& fields, const PayloadMap& changes) {
    for (const auto& [name, value] : changes) {
        if (value.encoding() == encoding::kNull) {
            fields.erase(name);
        } else {
            fields.insert_or_assign(name, value);
        }
    }
}

}  // namespace temporal
