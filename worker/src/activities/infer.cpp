#include "activities/infer.hpp"

#include "activities/heartbeat_interval.hpp"
#include "activities/progress_pace.hpp"
#include "activities/step_span.hpp"
#include "events/step_events.hpp"
#include "failure/application_failure.hpp"
#include "stages/accept_reply.hpp"
#include "workflows/steps.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>
#include <variant>

namespace inference {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

/// Tells the server how far a streamed answer has come.
class ProgressHeartbeat {
public:
    explicit ProgressHeartbeat(temporal::ActivityContext ctx) : ctx_(std::move(ctx)) {}

    void operator()(const CallProgress& progress) {
        if (!pace_.is_due(std::chrono::steady_clock::now())) {
            return;
        }
        nlohmann::json details{{"pieces", progress.pieces}};
        if (progress.time_to_first_token) {
            details["ttft_ms"] = progress.time_to_first_token->count();
        }
        ctx_.heartbeat(details);
    }

private:
    temporal::ActivityContext ctx_;
    ProgressPace pace_{std::chrono::steady_clock::now()};
};

/// What is left of a call while the engine works.
struct UnderWay {
    Processed processed;
    temporal::Completion<Inferred> done;
    StepSpan span;

    void fail(const Error& error) {
        span.failed(error);
        done.fail(to_activity_failure(error));
    }
};

std::shared_ptr<StepEvents> begin_events(
    const std::shared_ptr<EventSink>& sink,
    const temporal::ActivityInfo& info,
    const Processed& processed
) {
    auto events = std::make_shared<StepEvents>(
        sink, info.workflow_id, info.workflow_run_id, processed.attempt
    );
    events->stage(Stage::kInfer);
    if (processed.attempt > 1) {
        events->reset();
    }
    return events;
}

TextReport text_report(const std::shared_ptr<StepEvents>& events, const Processed& processed) {
    if (!processed.stream || !processed.filters.empty()) {
        return {};
    }
    return [events](std::size_t choice, std::string_view text) { events->text(choice, text); };
}

/// Writes a large answer on the engine's own thread: that is rare, and there is no result without it.
void report(
    Outcome<EngineReply> outcome,
    UnderWay& call,
    const ClaimCheck& claims,
    const std::string& activity_id
) {
    if (std::holds_alternative<Cancelled>(outcome)) {
        call.span.canceled();
        call.done.cancel();
        return;
    }
    if (const auto* error = std::get_if<Error>(&outcome)) {
        call.fail(*error);
        return;
    }
    Processed& processed = call.processed;
    const std::string job_id = processed.call.request_id;
    Result<Inferred> inferred =
        accept_reply(std::move(processed), std::get<EngineReply>(std::move(outcome)));
    if (inferred) {
        const std::string name = "reply-" + activity_id + ".json";
        const auto kept = claims.put_away(inferred->reply.body, job_id, name);
        if (kept) {
            call.span.ended();
            call.done.complete(*inferred);
            return;
        }
        inferred = tl::unexpected(kept.error());
    }
    call.fail(inferred.error());
}

}  // namespace

milliseconds engine_time(
    const CallLimits& limits, std::optional<temporal::Duration> start_to_close
) {
    if (!start_to_close) {
        return limits.timeout;
    }
    const auto allowed = duration_cast<milliseconds>(*start_to_close);
    // A timeout that is shorter than two margins is split in halves.
    return allowed - std::min<milliseconds>(numbers::kInferMargin, allowed / 2);
}

void InferActivity::operator()(
    temporal::ActivityContext ctx, Processed processed, temporal::Completion<Inferred> done
) const {
    ctx.heartbeat_every(heartbeat_interval(ctx.info()));
    StepSpan span(spans_, ctx.info(), processed.call.traceparent);
    const auto events = begin_events(events_, ctx.info(), processed);
    if (const auto whole = claims_.bring_back(processed.call.body); !whole) {
        span.failed(whole.error());
        done.fail(to_activity_failure(whole.error()));
        return;
    }
    const CallOptions options{
        .deadline = std::chrono::steady_clock::now() +
                    engine_time(processed.limits, ctx.info().start_to_close),
        .cancel = ctx.stop_token(),
        .on_progress = ProgressHeartbeat(ctx),
        .on_text = text_report(events, processed)
    };
    // The engine's callback is a std::function, which wants to be copied.
    const auto under_way =
        std::make_shared<UnderWay>(UnderWay{std::move(processed), std::move(done), std::move(span)}
        );
    EngineCall& kept = under_way->processed.call;
    const milliseconds timeout = under_way->processed.limits.timeout;
    EngineCall call = std::exchange(kept, {});
    // All that the answer needs of it.
    kept.model = call.model;
    kept.request_id = call.request_id;
    kept.traceparent = std::exchange(call.traceparent, under_way->span.traceparent());
    engines_->call(
        std::move(call),
        options,
        timeout,
        [under_way, events, claims = claims_, id = ctx.info().activity_id](
            Outcome<EngineReply> outcome
        ) {
            if (std::holds_alternative<EngineReply>(outcome)) {
                events->text_is_whole();
            }
            report(std::move(outcome), *under_way, claims, id);
        }
    );
}

}  // namespace inference
