#include "run.hpp"

#include "temporal/error.hpp"
#include "temporal/workflow_token.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace digits {
namespace {

using Clock = std::chrono::steady_clock;

constexpr temporal::Workflow<nlohmann::json(nlohmann::json)> kInference{"InferenceWorkflow"};
constexpr auto kPatience = std::chrono::minutes{5};

nlohmann::json infer(
    const temporal::Client& client, const Image& image, const RunOptions& options
) {
    const nlohmann::json request = {{"model", options.model}, {"input", image.input}};
    const temporal::StartOptions start{
        .id = options.id_prefix + image.id, .task_queue = options.task_queue
    };
    return client.start(kInference(request), start).result({.timeout = kPatience});
}

}  // namespace

Summary run(
    const temporal::Client& client,
    const std::vector<Image>& images,
    const RunOptions& options,
    const std::function<void(const Summary&)>& on_done
) {
    Summary summary;
    std::mutex mutex;
    std::atomic<std::size_t> next{0};
    const auto begin = Clock::now();

    const auto work = [&] {
        for (std::size_t i = next++; i < images.size(); i = next++) {
            const auto start = Clock::now();
            int label = -1;
            std::string failure;
            try {
                label = label_of(infer(client, images[i], options));
            } catch (const std::exception& error) {
                failure = error.what();
            }
            const std::lock_guard lock(mutex);
            summary.latencies.push_back(Clock::now() - start);
            if (!failure.empty()) {
                summary.failures.push_back(failure);
            } else {
                ++(label == images[i].label ? summary.right : summary.wrong);
            }
            summary.elapsed = Clock::now() - begin;
            on_done(summary);
        }
    };
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < std::min(options.in_flight, images.size()); ++i) {
            threads.emplace_back(work);
        }
    }
    std::ranges::sort(summary.latencies);
    return summary;
}

}  // namespace digits
