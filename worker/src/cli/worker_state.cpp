#include "cli/worker_state.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace inference::cli {
namespace {

Circuit to_circuit(Breaker::State state) noexcept {
    switch (state) {
        case Breaker::State::kClosed: return Circuit::kClosed;
        case Breaker::State::kHalfOpen: return Circuit::kHalfOpen;
        case Breaker::State::kOpen: break;
    }
    return Circuit::kOpen;
}

}  // namespace

Metrics::Endpoints endpoints_by_model(const ModelRegistry& registry) {
    Metrics::Endpoints endpoints;
    for (const auto& [name, model] : registry.models()) {
        endpoints.emplace(name, model.endpoints);
    }
    return endpoints;
}

std::vector<SlotsOfQueue> slots_by_queue(
    const std::vector<Priority>& served, const std::vector<SlotShares::Use>& uses
) {
    std::vector<SlotsOfQueue> slots;
    for (std::size_t i = 0; i < uses.size(); ++i) {
        const SlotShares::Use& use = uses[i];
        if (std::ranges::find(served, kPriorities.at(i)) != served.end()) {
            slots.push_back(
                {.queue = std::string(queue_of(kPriorities.at(i))),
                 .used = static_cast<std::int64_t>(use.used),
                 .lent = static_cast<std::int64_t>(use.lent),
                 .free = static_cast<std::int64_t>(use.floor - (use.used - use.lent))}
            );
        }
    }
    return slots;
}

Circuits circuits_of(const EnginePool& engines) {
    Circuits circuits;
    for (const auto& [model, endpoints] : engines.models()) {
        const std::vector<Breaker::State> states = endpoints->circuits();
        for (std::size_t i = 0; i < states.size(); ++i) {
            const std::string endpoint(endpoints->adapters()[i]->endpoint());
            Circuit& circuit = circuits[{model, endpoint}];
            circuit = std::max(circuit, to_circuit(states[i]));
        }
    }
    return circuits;
}

}  // namespace inference::cli
