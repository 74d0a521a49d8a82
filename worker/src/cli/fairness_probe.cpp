#include "cli/fairness_probe.hpp"

#include "cli/job_id.hpp"
#include "temporal/worker.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>

namespace inference::cli {
namespace {

constexpr const char* kFlood = "flood";
constexpr std::size_t kFloodTasks = 24;
constexpr std::size_t kOthers = 4;
constexpr std::chrono::seconds kPatience{10};

/// Does nothing: what counts is when.
struct InferenceDoctorProbe {
    temporal::Task<void> run(temporal::WorkflowContext) { co_return; }
    static constexpr auto definition =
        temporal::workflow<&InferenceDoctorProbe::run>("InferenceDoctorProbe");
};

class Probe {
public:
    explicit Probe(const temporal::Client& client)
        : client_(client),
          // A few at a time, or all of them would be served at once, in no order.
          worker_(
              client,
              {.task_queue = queue_, .max_concurrent_workflow_tasks = 4, .workflow_pollers = 2}
          ) {
        worker_.add<InferenceDoctorProbe>(
            [this](const InferenceDoctorProbe&, const temporal::ClosedWorkflow& closed) {
                const std::lock_guard lock(mutex_);
                served_.push_back(closed.info.priority.fairness_key);
                changed_.notify_all();
            }
        );
    }

    void fill(const std::stop_token& stop) {
        for (std::size_t i = 0; i < kFloodTasks; ++i) {
            start(kFlood, stop);
        }
        for (std::size_t i = 0; i < kOthers; ++i) {
            start("other-" + std::to_string(i), stop);
        }
    }

    /// In the order in which they were served; not all if that takes too long.
    std::vector<std::string> serve(const std::stop_token& stop) {
        std::jthread running([this](std::stop_token ended) { worker_.run(std::move(ended)); });
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, stop, kPatience, [this] {
            return served_.size() == kFloodTasks + kOthers;
        });
        return served_;
    }

private:
    void start(const std::string& key, const std::stop_token& stop) {
        client_.start<InferenceDoctorProbe>(
            {.id = new_job_id("inference-doctor-"),
             .task_queue = queue_,
             .execution_timeout = kPatience + kPatience,
             .priority = {.fairness_key = key}},
            {.timeout = kPatience, .stop = stop}
        );
    }

    const temporal::Client& client_;
    const std::string queue_ = new_job_id("inference-doctor-");
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::vector<std::string> served_;
    temporal::Worker worker_;
};

}  // namespace

bool took_turns(const std::vector<std::string>& served) {
    std::size_t places = 0;
    std::size_t others = 0;
    for (std::size_t place = 0; place < served.size(); ++place) {
        if (served[place] != kFlood) {
            places += place;
            ++others;
        }
    }
    // Partitions of a queue blur its order, so the mean counts: about a sixth of all where they take turns, the end else.
    return others > 0 && places < others * served.size() / 2;
}

Fairness probe_fairness(const temporal::Client& client, const std::stop_token& stop) {
    Probe probe(client);
    probe.fill(stop);
    const std::vector<std::string> served = probe.serve(stop);
    if (served.size() < kFloodTasks + kOthers) {
        return Fairness::kUnknown;
    }
    return took_turns(served) ? Fairness::kTurns : Fairness::kArrival;
}

}  // namespace inference::cli
