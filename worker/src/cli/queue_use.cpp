#include "cli/queue_use.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

namespace inference::cli {
namespace {

bool is_served(const std::vector<Priority>& served, Priority priority) {
    return std::ranges::find(served, priority) != served.end();
}

double to_a_thousandth(double number) {
    constexpr double kThousand = 1000;
    return std::round(number * kThousand) / kThousand;
}

}  // namespace

std::vector<double> share_weights(const WorkerConfig& worker) {
    std::vector<double> weights;
    for (const Priority priority : kPriorities) {
        weights.push_back(is_served(worker.serve, priority) ? worker.shares.at(priority) : 0);
    }
    return weights;
}

Lending lending_of(const WorkerConfig& worker) {
    return worker.strict_shares ? Lending::kStrict : Lending::kAllowed;
}

nlohmann::json queue_use_json(
    const std::vector<Priority>& served, const std::vector<SlotShares::Use>& uses
) {
    nlohmann::json queues = nlohmann::json::object();
    for (std::size_t i = 0; i < uses.size(); ++i) {
        if (!is_served(served, kPriorities.at(i))) {
            continue;
        }
        const SlotShares::Use& use = uses[i];
        queues[std::string(queue_of(kPriorities.at(i)))] = {
            {"share", to_a_thousandth(use.share)},
            {"share_had", to_a_thousandth(use.recent_share)},
            {"floor", use.floor},
            {"slots_used", use.used},
            {"slots_lent", use.lent},
            {"slot_seconds", to_a_thousandth(use.slot_time.count())},
        };
    }
    return queues;
}

}  // namespace inference::cli
