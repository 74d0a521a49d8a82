#include "converter/exception_to_failure.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <typeinfo>

namespace temporal {
namespace {

std::string class_name(const std::type_info* type) {
    if (type == nullptr) {
        return "unknown";
    }
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> name{
        abi::__cxa_demangle(type->name(), nullptr, nullptr, &status), &std::free
    };
    return status == 0 ? name.get() : type->name();
}

FailurePtr nested_failure(const std::exception& error) {
    const auto* nested = dynamic_cast<const std::nested_exception*>(&error);
    if (nested == nullptr || nested->nested_ptr() == nullptr) {
        return nullptr;
    }
    return exception_to_failure(nested->nested_ptr());
}

FailurePtr application_failure(std::string message, std::string type, FailurePtr cause) {
    return std::make_shared<const ApplicationFailure>(
        std::move(message),
        ApplicationFailure::Options{.type = std::move(type), .cause = std::move(cause)}
    );
}

}  // namespace

FailurePtr exception_to_failure(const std::exception_ptr& exception) {
    try {
        std::rethrow_exception(exception);
    } catch (const Failure& failure) {
        return failure.clone();
    } catch (const std::exception& error) {
        return application_failure(error.what(), class_name(&typeid(error)), nested_failure(error));
    } catch (...) {
        return application_failure(
            "an exception that is no std::exception",
            class_name(abi::__cxa_current_exception_type()),
            nullptr
        );
    }
}

}  // namespace temporal
