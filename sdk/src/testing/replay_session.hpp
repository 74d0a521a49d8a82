/// @file testing/replay_session.hpp
/// @brief A worker over core's replayer, which takes one history after the other.
#pragma once

#include "bridge/core_worker.hpp"
#include "temporal/detail/workflow_type.hpp"
#include "temporal/history.hpp"
#include "temporal/runtime.hpp"
#include "temporal/testing/replay_result.hpp"

#include <memory>
#include <string>
#include <vector>

namespace temporal::testing {

/// Threads: one at a time. Destroy: waits for core to end.
class ReplaySession {
public:
    ReplaySession(const Runtime& runtime, const std::vector<detail::WorkflowType>& workflows);
    ~ReplaySession();
    ReplaySession(const ReplaySession&) = delete;
    ReplaySession& operator=(const ReplaySession&) = delete;

    /// Errors: Error if the history is none that a workflow can be replayed from.
    [[nodiscard]] ReplayResult replay(const History& history);

private:
    struct Shared;
    struct Verdict;

    Verdict feed(const std::string& workflow_id, const History& history);

    std::shared_ptr<bridge::CoreWorker> core_;
    std::unique_ptr<bridge::HistoryFeeder> feeder_;
    // Shared with core's callbacks.
    std::shared_ptr<Shared> shared_;
};

}  // namespace temporal::testing
