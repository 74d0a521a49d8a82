#include "temporal/testing/replayer.hpp"

#include "testing/replay_session.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace temporal::testing {

Replayer::Replayer(Runtime runtime) : runtime_(std::move(runtime)) {}

Replayer& Replayer::add_workflow(detail::WorkflowType type) {
    const auto known = std::ranges::find(workflows_, type.name, &detail::WorkflowType::name);
    if (known != workflows_.end()) {
        throw std::invalid_argument("workflow '" + type.name + "' is registered twice");
    }
    workflows_.push_back(std::move(type));
    return *this;
}

ReplayResult Replayer::replay(const History& history) const {
    return ReplaySession(runtime_, workflows_).replay(history);
}

std::vector<ReplayResult> Replayer::replay_all(std::span<const History> histories) const {
    ReplaySession session(runtime_, workflows_);
    std::vector<ReplayResult> results;
    results.reserve(histories.size());
    for (const History& history : histories) {
        results.push_back(session.replay(history));
    }
    return results;
}

}  // namespace temporal::testing
