/// @file temporal/workflow_token.hpp
/// @brief The name and signature of a workflow that is merely called: one of another language, say.
#pragma once

#include "temporal/converter.hpp"
#include "temporal/payload.hpp"

#include <string_view>
#include <utility>

namespace temporal {

/// A workflow's name with its arguments, ready to be started.
template <class R>
struct WorkflowCall {
    std::string_view workflow_type;
    Payloads arguments;
};

template <class Signature>
class Workflow;

/// A constexpr value that names a workflow; calling it encodes the arguments.
///
/// Errors: a call throws ConversionError where an argument cannot be written.
/// @code
///   inline constexpr temporal::Workflow<Reply(Prompt)> chat{"Chat"};
///   auto handle = client.start(chat(prompt), {.id = "chat-1", .task_queue = "chat"});
///   Reply reply = handle.result();
/// @endcode
template <class R, class... Args>
class Workflow<R(Args...)> {
public:
    constexpr explicit Workflow(std::string_view name) : name_(name) {}
    [[nodiscard]] constexpr std::string_view name() const noexcept { return name_; }

    [[nodiscard]] WorkflowCall<R> operator()(const Args&... args) const {
        return {.workflow_type = name_, .arguments = to_payloads<Args...>(args...)};
    }

private:
    std::string_view name_;
};

}  // namespace temporal
