/// @file temporal/testing/replay_result.hpp
/// @brief How a replay went: well, or where the code first left the history.
#pragma once

#include "temporal/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace temporal::testing {

/// The first difference between a history and what the code does today, or why the code came to no
/// end.
struct ReplayFailure {
    enum class Kind {
        kNondeterminism,  ///< The code asks for something else than the history has.
        kWorkflowTask,  ///< The code threw, or its workflow is not registered.
    };

    Kind kind = Kind::kNondeterminism;
    std::optional<std::int64_t>
        event_id;  ///< Absent where core does not say and it cannot be told.
    std::string event_type;  ///< Such as "ActivityTaskScheduled"; empty without an event.
    std::string expected;  ///< What the history has there, such as "activity 'infer'".
    std::string found;  ///< What the code asks for.
    std::string message;  ///< All of this in a sentence.
    std::string core_message;  ///< The same in core's own words.
};

/// Thrown by ReplayResult::check.
class NondeterminismError final : public Error {
public:
    explicit NondeterminismError(ReplayFailure failure)
        : Error(failure.message), failure_(std::move(failure)) {}
    [[nodiscard]] const ReplayFailure& failure() const noexcept { return failure_; }

private:
    ReplayFailure failure_;
};

struct ReplayResult {
    std::string workflow_id;
    std::optional<ReplayFailure> failure;

    [[nodiscard]] bool ok() const noexcept { return !failure; }

    /// Throws NondeterminismError, or Error where the workflow task failed otherwise.
    void check() const {
        if (!failure) {
            return;
        }
        if (failure->kind == ReplayFailure::Kind::kNondeterminism) {
            throw NondeterminismError(*failure);
        }
        throw Error(failure->message);
    }
};

}  // namespace temporal::testing
