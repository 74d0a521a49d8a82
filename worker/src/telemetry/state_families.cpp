#include "telemetry/state_families.hpp"

#include <string>
#include <utility>

namespace inference {
namespace {

using Labels = std::vector<prometheus::ClientMetric::Label>;

/// A family of values as it is filled.
class Values {
public:
    Values(
        std::string name,
        std::string help,
        prometheus::MetricType type = prometheus::MetricType::Gauge
    ) {
        family_.name = std::move(name);
        family_.help = std::move(help);
        family_.type = type;
    }

    void add(Labels labels, double value) {
        prometheus::ClientMetric metric;
        metric.label = std::move(labels);
        (family_.type == prometheus::MetricType::Gauge ? metric.gauge.value : metric.counter.value
        ) = value;
        family_.metric.push_back(std::move(metric));
    }

    void move_to(std::vector<prometheus::MetricFamily>& families) {
        if (!family_.metric.empty()) {
            families.push_back(std::move(family_));
        }
    }

private:
    prometheus::MetricFamily family_;
};

Values slots_of(const WorkerState& state) {
    Values slots("worker_slots", "Activity slots of this worker, by queue.");
    for (const SlotsOfQueue& queue : state.slots) {
        const auto add = [&](const char* name, std::int64_t count) {
            slots.add({{"queue", queue.queue}, {"state", name}}, static_cast<double>(count));
        };
        add("used", queue.used);
        add("lent", queue.lent);
        add("free", queue.free);
    }
    return slots;
}

Values depths_of(const WorkerState& state) {
    Values depths("queue_depth", "Tasks that wait in the Temporal server for a worker.");
    for (const auto& [queue, backlog] : state.backlogs) {
        depths.add({{"queue_name", queue}}, static_cast<double>(backlog));
    }
    return depths;
}

Values circuits_of(const WorkerState& state) {
    Values circuits("circuit_state", "Breaker of an endpoint: 0 closed, 1 half open, 2 open.");
    for (const auto& [place, circuit] : state.circuits) {
        circuits.add(
            {{"model", place.first}, {"endpoint", place.second}}, static_cast<double>(circuit)
        );
    }
    return circuits;
}

Values drops_of(const WorkerState& state) {
    Values drops(
        "inference_spans_dropped_total",
        "Spans that the collector refused or did not take in time.",
        prometheus::MetricType::Counter
    );
    if (state.spans_dropped) {
        drops.add({}, static_cast<double>(*state.spans_dropped));
    }
    return drops;
}

}  // namespace

std::vector<prometheus::MetricFamily> state_families(const WorkerState& state) {
    std::vector<prometheus::MetricFamily> families;
    slots_of(state).move_to(families);
    depths_of(state).move_to(families);
    circuits_of(state).move_to(families);
    drops_of(state).move_to(families);
    return families;
}

}  // namespace inference
