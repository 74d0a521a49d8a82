#include "activities/model_endpoints.hpp"

#include "activities/call_queue.hpp"
#include "activities/endpoint_states.hpp"
#include "stages/call_parts.hpp"
#include "telemetry/span_place.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace inference {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::chrono::seconds kProbeTime{5};
constexpr std::chrono::seconds kNoticeableWait{1};

std::string_view name_of(const Outcome<EngineReply>& outcome) {
    if (const auto* error = std::get_if<Error>(&outcome)) {
        const bool is_unsent = !error->sent && error->error_class == ErrorClass::kTransient;
        return is_unsent ? outcomes::kNotSent : to_string(error->error_class);
    }
    return std::holds_alternative<EngineReply>(outcome) ? outcomes::kCompleted
                                                        : outcomes::kCanceled;
}

double seconds_to_first_token(const Outcome<EngineReply>& outcome) {
    const auto* reply = std::get_if<EngineReply>(&outcome);
    return reply == nullptr ? 0 : std::chrono::duration<double>(reply->time_to_first_token).count();
}

}  // namespace

/// What the calls of one model share; it outlives the adapters as long as one of them completes.
struct ModelEndpoints::Shared {
    Shared(const Model& served, CallListeners told)
        : model(served.name),
          endpoints(served.endpoints),
          listeners(std::move(told)),
          max_concurrency(served.max_concurrency.value_or(0)),
          queue(served.max_concurrency),
          states(served) {}

    const std::string model;
    const std::vector<std::string> endpoints;
    const CallListeners listeners;
    const int max_concurrency;  // for messages
    CallQueue queue;
    EndpointStates states;
};

/// One call on its way through the endpoints.
class ModelEndpoints::Route final : public QueuedCall, public std::enable_shared_from_this<Route> {
public:
    Route(
        std::shared_ptr<Shared> shared,
        const std::vector<std::unique_ptr<Adapter>>& adapters,
        EngineCall call,
        CallOptions options,
        milliseconds timeout,
        Completion<EngineReply> done
    )
        : shared_(std::move(shared)),
          adapters_(adapters),
          call_(std::move(call)),
          items_(item_count(call_)),
          options_(std::move(options)),
          timeout_(timeout),
          done_(std::move(done)),
          tried_(adapters.size()) {}

    void start() {
        shared_->queue.enter(call_.priority, shared_from_this());
        // May run at once; a call that has begun is cancelled by its adapter.
        on_cancel_.emplace(options_.cancel, Withdraw{weak_from_this()});
    }

    void begin() override {
        const auto now = Clock::now();
        if (now - arrived_ > kNoticeableWait && options_.deadline - now < timeout_ / 2) {
            return finish(waited_too_long());
        }
        go_on();
    }

    void drop() override { done_(Cancelled{}); }

private:
    struct Withdraw {
        std::weak_ptr<Route> route;
        void operator()() const {
            if (const auto waiting = route.lock();
                waiting && waiting->shared_->queue.withdraw(*waiting)) {
                waiting->drop();
            }
        }
    };

    void go_on() {
        const auto choice = shared_->states.choose(tried_);
        if (const auto* none = std::get_if<Error>(&choice)) {
            return finish(last_error_ ? *last_error_ : *none);
        }
        const auto [endpoint, ask_first] = std::get<EndpointStates::Choice>(choice);
        tried_[endpoint] = true;
        ask_first ? ask(endpoint) : send(endpoint);
    }

    void ask(std::size_t endpoint) {
        CallOptions options;
        options.deadline = std::min<Deadline>(options_.deadline, Clock::now() + kProbeTime);
        options.cancel = options_.cancel;
        adapters_[endpoint]->ready(
            options,
            [self = shared_from_this(), endpoint](Outcome<Ready> outcome) {
                self->on_ready(endpoint, std::move(outcome));
            }
        );
    }

    void on_ready(std::size_t endpoint, Outcome<Ready> outcome) {
        // What is wrong for good, such as a key, the call itself will tell.
        const auto* told = std::get_if<Error>(&outcome);
        const bool is_for_good = told != nullptr && told->error_class == ErrorClass::kFatal;
        if (std::holds_alternative<Ready>(outcome) || is_for_good) {
            shared_->states.is_ready(endpoint);
            return send(endpoint);
        }
        shared_->states.dropped(endpoint);
        if (std::holds_alternative<Cancelled>(outcome)) {
            tell(endpoint, outcomes::kCanceled);
            return finish(Cancelled{});
        }
        tell(endpoint, outcomes::kNotSent);
        auto& error = std::get<Error>(outcome);
        error.sent = false;  // The question was; the job's request was not.
        next_after(std::move(error));
    }

    void send(std::size_t endpoint) {
        const bool is_last = std::ranges::find(tried_, false) == tried_.end();
        CallOptions options = options_;
        options.deadline = std::min<Deadline>(options_.deadline, Clock::now() + timeout_);
        options.on_progress = [shared = shared_,
                               endpoint,
                               tell = options_.on_progress](const CallProgress& progress) {
            shared->states.progressed(endpoint);
            if (tell) {
                tell(progress);
            }
        };
        EngineCall call = is_last ? std::move(call_) : call_;
        std::optional<Span> span = begin_span(endpoint, call);
        adapters_[endpoint]->call(
            std::move(call),
            std::move(options),
            [self = shared_from_this(),
             endpoint,
             span = std::move(span)](Outcome<EngineReply> outcome) {
                if (span) {
                    self->end_span(*span, outcome);
                }
                self->on_outcome(endpoint, std::move(outcome));
            }
        );
    }

    /// The engine becomes a child of this call, not of the job's step.
    std::optional<Span> begin_span(std::size_t endpoint, EngineCall& call) {
        if (!shared_->listeners.spans) {
            return std::nullopt;
        }
        const auto parent = place_named_by(call.traceparent);
        if (!parent) {
            return std::nullopt;
        }
        Span span;
        span.name = "engine call";
        span.place = place_within(*parent, "call " + std::to_string(++calls_));
        span.calls_a_server = true;
        span.start = std::chrono::system_clock::now();
        span.attributes = {
            {"inference.model", shared_->model},
            {"inference.endpoint", shared_->endpoints[endpoint]}
        };
        call.traceparent = traceparent_of(span.place);
        return span;
    }

    void end_span(Span span, const Outcome<EngineReply>& outcome) const {
        span.end = std::chrono::system_clock::now();
        span.attributes.emplace_back("inference.outcome", name_of(outcome));
        if (const auto* error = std::get_if<Error>(&outcome)) {
            span.attributes.emplace_back("inference.code", to_string(error->code));
            span.failed = true;
        }
        shared_->listeners.spans(std::move(span));
    }

    void on_outcome(std::size_t endpoint, Outcome<EngineReply> outcome) {
        tell(endpoint, name_of(outcome), seconds_to_first_token(outcome));
        if (std::holds_alternative<EngineReply>(outcome)) {
            shared_->states.answered(endpoint);
        } else if (auto* error = std::get_if<Error>(&outcome)) {
            shared_->states.failed(endpoint, *error, items_);
            if (!error->sent && error->error_class == ErrorClass::kTransient) {
                return next_after(std::move(*error));
            }
        } else {
            shared_->states.dropped(endpoint);
        }
        finish(std::move(outcome));
    }

    void tell(std::size_t endpoint, std::string_view outcome, double time_to_first_token = 0) {
        shared_->listeners.observer->call_ended(
            {.model = shared_->model,
             .endpoint = shared_->endpoints[endpoint],
             .outcome = outcome,
             .time_to_first_token = time_to_first_token}
        );
    }

    void next_after(Error error) {
        last_error_ = std::move(error);
        go_on();
    }

    void finish(Outcome<EngineReply> outcome) {
        done_(std::move(outcome));
        shared_->queue.leave();
    }

    Error waited_too_long() const {
        return {
            .error_class = ErrorClass::kTransient,
            .code = ErrorCode::kRateLimited,
            .message = "model '" + shared_->model +
                       "': this worker has been at its max_concurrency of " +
                       std::to_string(shared_->max_concurrency) +
                       " calls all the time; the job waits on. Raise it, or add workers",
        };
    }

    const std::shared_ptr<Shared> shared_;
    const std::vector<std::unique_ptr<Adapter>>& adapters_;
    EngineCall call_;
    const std::int64_t items_;
    const CallOptions options_;
    const milliseconds timeout_;
    const Clock::time_point arrived_ = Clock::now();
    Completion<EngineReply> done_;
    std::vector<bool> tried_;
    int calls_ = 0;
    std::optional<Error> last_error_;
    std::optional<std::stop_callback<Withdraw>> on_cancel_;
};

ModelEndpoints::ModelEndpoints(
    const Model& model, std::vector<std::unique_ptr<Adapter>> adapters, CallListeners listeners
)
    : shared_(std::make_shared<Shared>(model, std::move(listeners))),
      adapters_(std::move(adapters)) {}

ModelEndpoints::~ModelEndpoints() {
    shared_->states.close();
    shared_->queue.close();
}

void ModelEndpoints::call(
    EngineCall call, CallOptions options, milliseconds timeout, Completion<EngineReply> done
) {
    std::make_shared<Route>(
        shared_, adapters_, std::move(call), std::move(options), timeout, std::move(done)
    )
        ->start();
}

std::vector<Breaker::State> ModelEndpoints::circuits() const {
    return shared_->states.circuits();
}

std::optional<std::int64_t> ModelEndpoints::batch_limit() const {
    return shared_->states.batch_limit();
}

}  // namespace inference
