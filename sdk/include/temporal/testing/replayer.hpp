/// @file temporal/testing/replayer.hpp
/// @brief Runs recorded histories against today's workflow code.
#pragma once

#include "temporal/detail/workflow_type.hpp"
#include "temporal/history.hpp"
#include "temporal/runtime.hpp"
#include "temporal/testing/replay_result.hpp"
#include "temporal/workflow.hpp"

#include <span>
#include <vector>

namespace temporal::testing {

/// Tells before a deployment whether workflows that run now will survive it.
///
/// Needs no server. Activities are not run: their results are in the history.
/// Threads: one at a time.
/// @code
///   temporal::testing::Replayer replayer;
///   replayer.add<Greeter>();
///   const auto result = replayer.replay(temporal::History::from_json(read_file("greeter.json")));
///   EXPECT_TRUE(result.ok()) << result.failure->message;
/// @endcode
class Replayer {
public:
    explicit Replayer(Runtime runtime = Runtime());

    /// Errors: std::invalid_argument if the name is taken.
    template <class W>
    Replayer& add() {
        return add_workflow(detail::workflow_type<W>());
    }

    /// Errors: Error if the history is none that a workflow can be replayed from.
    [[nodiscard]] ReplayResult replay(const History& history) const;

    /// One result for each history, in their order.
    [[nodiscard]] std::vector<ReplayResult> replay_all(std::span<const History> histories) const;

private:
    Replayer& add_workflow(detail::WorkflowType type);

    Runtime runtime_;
    std::vector<detail::WorkflowType> workflows_;
};

}  // namespace temporal::testing
