#include "telemetry/metrics.hpp"

#include "contracts/error.hpp"
#include "telemetry/state_families.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <utility>

namespace inference {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Histogram;

constexpr char kUnknown[] = "unknown";
constexpr char kWorkerLost[] = "WorkerLost";

constexpr std::array kFinalStates{
    JobState::kCompleted, JobState::kCompletedWithErrors, JobState::kFailed, JobState::kCanceled
};
constexpr std::array kErrorClasses{
    ErrorClass::kTransient, ErrorClass::kOutOfMemory, ErrorClass::kTimeout, ErrorClass::kFatal
};
constexpr std::array kOtherOutcomes{outcomes::kCompleted, outcomes::kCanceled, outcomes::kNotSent};
constexpr std::array kItemStates{"succeeded", "failed", "canceled"};

/// Seconds: from the fast lookup to the batch-sized answer.
Histogram::BucketBoundaries seconds() {
    return {0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600};
}

Family<Counter>& counter(
    prometheus::Registry& registry, const std::string& name, const std::string& help
) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

Family<Histogram>& histogram(
    prometheus::Registry& registry, const std::string& name, const std::string& help
) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

void add(Family<Counter>& family, const prometheus::Labels& labels, std::int64_t count = 1) {
    if (count > 0) {
        family.Add(labels).Increment(static_cast<double>(count));
    }
}

std::string final_state(JobState state) {
    // A run can end only so, whatever its status says.
    return std::string(to_string(is_final(state) ? state : JobState::kFailed));
}

}  // namespace

class Metrics::Impl {
public:
    explicit Impl(Endpoints endpoints) : endpoints_(std::move(endpoints)) {
        for (const auto& [model, urls] : endpoints_) {
            begin_at_zero(model);
            for (const std::string& url : urls) {
                begin_at_zero(model, url);
            }
        }
    }

    void count(const EndedJob& job) {
        const std::string model = known(job.status.model);
        add(requests, {{"model", model}, {"status", final_state(job.status.state)}});
        if (job.status.state == JobState::kFailed && job.status.error) {
            add(errors, of_class(model, to_string(job.status.error->error_class)));
        }
        const RetryCounts& again = job.status.retries;
        count_retries(model, to_string(ErrorClass::kTransient), again.transient);
        count_retries(model, to_string(ErrorClass::kTimeout), again.timeout);
        count_retries(model, to_string(ErrorClass::kOutOfMemory), again.oom);
        count_retries(model, kWorkerLost, again.worker_lost);
        if (job.fell_back) {
            add(fallbacks, {{"model", model}});
        }
        job.is_batch ? count_batch(model, job.status) : count_single(model, job);
    }

    void count(const EndedCall& call) {
        const std::string model = known(call.model);
        add(calls,
            {{"model", model},
             {"endpoint", std::string(call.endpoint)},
             {"outcome", std::string(call.outcome)}});
        if (call.time_to_first_token > 0) {
            ttft.Add({{"model", model}}, seconds()).Observe(call.time_to_first_token);
        }
    }

    void count(const EndedItems& ended) {
        const std::string model = known(ended.model);
        add(items, {{"model", model}, {"status", "succeeded"}}, ended.succeeded);
        add(items, {{"model", model}, {"status", "failed"}}, ended.failed);
        count_tokens(model, ended.usage);
    }

    void count_retries(
        const std::string& model, std::string_view error_class, std::int64_t count = 1
    ) {
        add(retries, of_class(model, error_class), count);
    }

    [[nodiscard]] std::string known(std::string_view model) const {
        return endpoints_.contains(model) ? std::string(model) : kUnknown;
    }

    [[nodiscard]] std::vector<prometheus::MetricFamily> collect() const {
        return registry_.Collect();
    }

private:
    static prometheus::Labels of_class(const std::string& model, std::string_view error_class) {
        return {{"model", model}, {"class", std::string(error_class)}};
    }

    void begin_at_zero(const std::string& model) {
        for (const JobState state : kFinalStates) {
            requests.Add({{"model", model}, {"status", final_state(state)}});
        }
        for (const ErrorClass error_class : kErrorClasses) {
            errors.Add(of_class(model, to_string(error_class)));
            retries.Add(of_class(model, to_string(error_class)));
        }
        retries.Add(of_class(model, kWorkerLost));
        for (const char* state : kItemStates) {
            items.Add({{"model", model}, {"status", state}});
        }
        for (const char* direction : {"input", "output"}) {
            tokens.Add({{"model", model}, {"direction", direction}});
        }
        fallbacks.Add({{"model", model}});
        latency.Add({{"model", model}}, seconds());
    }

    void begin_at_zero(const std::string& model, const std::string& endpoint) {
        const auto begin = [&](std::string_view outcome) {
            calls.Add({{"model", model}, {"endpoint", endpoint}, {"outcome", std::string(outcome)}}
            );
        };
        for (const ErrorClass error_class : kErrorClasses) {
            begin(to_string(error_class));
        }
        std::ranges::for_each(kOtherOutcomes, begin);
    }

    void count_single(const std::string& model, const EndedJob& job) {
        count_tokens(model, job.usage);
        if (job.status.state == JobState::kCompleted) {
            const std::chrono::duration<double> took = job.latency;
            latency.Add({{"model", model}}, seconds()).Observe(took.count());
        }
    }

    /// What else there is to tell of its items was told as they ended.
    void count_batch(const std::string& model, const JobStatus& batch) {
        if (batch.counts) {
            add(items, {{"model", model}, {"status", "canceled"}}, batch.counts->canceled);
        }
    }

    void count_tokens(const std::string& model, const TokenUsage& usage) {
        add(tokens, {{"model", model}, {"direction", "input"}}, usage.prompt_tokens);
        add(tokens, {{"model", model}, {"direction", "output"}}, usage.completion_tokens);
    }

    const Endpoints endpoints_;
    prometheus::Registry registry_;

    Family<Counter>& requests = counter(
        registry_, "inference_requests_total", "Jobs and batches that ended on this worker."
    );
    Family<Counter>& errors = counter(
        registry_,
        "inference_errors_total",
        "Jobs and batches that failed, by the class of their error."
    );
    Family<Counter>& retries = counter(
        registry_, "inference_retries_total", "Failures after which another try was made, by class."
    );
    Family<Counter>& fallbacks = counter(
        registry_,
        "inference_fallback_total",
        "Jobs that were handed to the fallback of this model."
    );
    Family<Counter>& tokens = counter(
        registry_,
        "inference_tokens_total",
        "Tokens by the engine's own count, of jobs that completed and of items."
    );
    Family<Counter>& items = counter(
        registry_, "inference_batch_items_total", "Items of batches that ended on this worker."
    );
    Family<Counter>& calls = counter(
        registry_,
        "inference_engine_calls_total",
        "Calls given to an endpoint, by what came of them."
    );
    Family<Histogram>& latency = histogram(
        registry_,
        "inference_latency_seconds",
        "From a job's start to its end, with all waits; of jobs that completed."
    );
    Family<Histogram>& ttft = histogram(
        registry_, "inference_ttft_seconds", "From the start of a streamed call to its first token."
    );
};

Metrics::Metrics(Endpoints endpoints) : impl_(std::make_unique<Impl>(std::move(endpoints))) {}

Metrics::~Metrics() = default;

void Metrics::job_ended(const EndedJob& job) {
    impl_->count(job);
}

void Metrics::call_ended(const EndedCall& call) {
    impl_->count(call);
}

void Metrics::items_ended(const EndedItems& items) {
    impl_->count(items);
}

void Metrics::items_tried_again(std::string_view model, std::string_view error_class) {
    impl_->count_retries(impl_->known(model), error_class);
}

std::string Metrics::page(const WorkerState& now) const {
    std::vector<prometheus::MetricFamily> families = impl_->collect();
    std::ranges::move(state_families(now), std::back_inserter(families));
    return prometheus::TextSerializer().Serialize(families);
}

}  // namespace inference
