#include "cli/queue_use.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstddef>
#include <string>

namespace inference::cli {
namespace {

double to_a_thousandth(double number) {
    constexpr double kThousand = 1000;
    return std::round(number * kThousand) / kThousand;
}

}  // namespace

nlohmann::json queue_use_json(
    const WorkerConfig& worker, const std::vector<SlotShares::Use>& uses
) {
    nlohmann::json queues = nlohmann::json::object();
    for (std::size_t i = 0; i < uses.size(); ++i) {
        const SlotShares::Use& use = uses[i];
        queues[std::string(queue_of(worker.serve[i]))] = {
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
