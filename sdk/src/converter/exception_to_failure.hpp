/// @file converter/exception_to_failure.hpp
/// @brief Any exception of user code as a failure that can travel.
#pragma once

#include "temporal/failure.hpp"

#include <exception>

namespace temporal {

/// A Failure stays what it is. Anything else becomes a retryable ApplicationFailure whose type is
/// the name of its C++ class and whose causes are its std::nested_exception chain.
///
/// Errors: never null and never throws for what the exception is; `exception` must not be null.
[[nodiscard]] FailurePtr exception_to_failure(const std::exception_ptr& exception);

}  // namespace temporal
