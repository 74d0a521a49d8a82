/// @file failure/value_or_throw.hpp
/// @brief From a result to what an activity returns or throws.
#pragma once

#include "contracts/result.hpp"
#include "failure/application_failure.hpp"

#include <type_traits>
#include <utility>

namespace inference {

/// Errors: throws the activity's failure of the error.
template <class T>
T value_or_throw(Result<T> result) {
    if (!result) {
        throw to_activity_failure(result.error());
    }
    if constexpr (!std::is_void_v<T>) {
        return *std::move(result);
    }
}

}  // namespace inference
