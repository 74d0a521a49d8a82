#include "cli/engine_health.hpp"

#include "adapters/adapter.hpp"
#include "cli/command_error.hpp"

#include <cstddef>
#include <future>
#include <memory>
#include <utility>
#include <variant>

namespace inference::cli {
namespace {

using Answer = Outcome<Ready>;

std::future<Answer> ask(Adapter& adapter, Deadline deadline) {
    // The completion wants to be copied.
    auto promise = std::make_shared<std::promise<Answer>>();
    auto answer = promise->get_future();
    adapter.ready({.deadline = deadline}, [promise](Answer outcome) {
        promise->set_value(std::move(outcome));
    });
    return answer;
}

std::optional<Error> error_of(const Answer& answer) {
    const auto* error = std::get_if<Error>(&answer);
    return error != nullptr ? std::optional(*error) : std::nullopt;
}

}  // namespace

std::vector<EndpointHealth> check_engines(
    const EnginePool& engines, std::chrono::milliseconds timeout
) {
    const Deadline deadline = std::chrono::steady_clock::now() + timeout;
    std::vector<EndpointHealth> health;
    std::vector<std::future<Answer>> answers;
    for (const auto& [model, endpoints] : engines.models()) {
        for (const auto& adapter : endpoints->adapters()) {
            health.push_back({.model = model, .endpoint = std::string(adapter->endpoint())});
            answers.push_back(ask(*adapter, deadline));
        }
    }
    for (std::size_t i = 0; i < answers.size(); ++i) {
        // The adapter keeps the deadline.
        health[i].error = error_of(answers[i].get());
    }
    return health;
}

std::shared_ptr<EnginePool> make_engines(
    const ModelRegistry& registry, const CallListeners& listeners
) {
    auto engines = EnginePool::make(registry, listeners);
    if (!engines) {
        throw CommandError(ExitCode::kBadConfiguration, engines.error().message);
    }
    return *std::move(engines);
}

}  // namespace inference::cli
