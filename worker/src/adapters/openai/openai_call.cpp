#include "adapters/openai/openai_call.hpp"

#include "adapters/classify/classify.hpp"
#include "adapters/openai/answer.hpp"
#include "adapters/openai/stream_request.hpp"

#include <utility>

namespace inference {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Far above any token; what is large is a list of the prompt's tokens.
constexpr std::size_t kMaxEventBytes = std::size_t{16} << 20;

}  // namespace

OpenAiCall::OpenAiCall(
    std::shared_ptr<OpenAiTarget> target,
    const TaskApi& api,
    HttpEngine& http,
    EngineCall call,
    CallOptions options,
    Completion<EngineReply> done
)
    : target_(std::move(target)),
      api_(api),
      http_(http),
      call_(std::move(call)),
      options_(std::move(options)),
      done_(std::move(done)),
      expected_(expected_results(api, call_.body)) {}

void OpenAiCall::start() {
    const bool streams = options_.as_stream && target_->streams && can_stream(api_, call_.body);
    send(streams ? AnswerForm::kStream : AnswerForm::kWhole);
}

void OpenAiCall::send(AnswerForm form) {
    Result<HttpRequest> request = call_request(*target_, api_, call_, form);
    if (!request) {
        done_(std::move(request.error()));
        return;
    }
    stream_.reset();
    if (form == AnswerForm::kStream) {
        stream_.emplace(
            kMaxEventBytes,
            StreamAnswer(api_, expected_, options_.on_text),
            ProgressMeter(started_, options_.on_progress)
        );
        request->sink = sink();
    }
    http_.start(
        *std::move(request),
        options_.deadline,
        options_.cancel,
        [self = shared_from_this()](HttpOutcome outcome) { self->finish(std::move(outcome)); }
    );
}

HttpSink OpenAiCall::sink() {
    return [self = shared_from_this()](std::string_view bytes) {
        return self->stream_->take(bytes, steady_clock::now());
    };
}

void OpenAiCall::finish(HttpOutcome outcome) {
    const auto* answer = std::get_if<HttpAnswer>(&outcome);
    if (answer != nullptr && stream_ && refuses_to_stream(*answer)) {
        was_refused_ = true;
        send(AnswerForm::kWhole);
        return;
    }
    done_(std::visit(
        [this](auto&& kind) { return outcome_of(std::forward<decltype(kind)>(kind)); },
        std::move(outcome)
    ));
}

Outcome<EngineReply> OpenAiCall::outcome_of(HttpAnswer answer) {
    if (answer.streamed) {
        return outcome_of(stream_->finish());
    }
    return outcome_of(
        read_answer(api_, expected_, std::move(answer), std::chrono::system_clock::now())
    );
}

Outcome<EngineReply> OpenAiCall::outcome_of(const HttpFailure& failure) {
    const bool says_more =
        stream_ && (stream_->is_done() || failure.fault == TransportFault::kRefused);
    if (says_more) {
        return outcome_of(stream_->finish());
    }
    return error_of(TransportSignal{failure.fault, failure.sent, failure.partial});
}

Outcome<EngineReply> OpenAiCall::outcome_of(Answer answer) {
    if (const auto* signal = std::get_if<Signal>(&answer)) {
        return error_of(*signal);
    }
    if (was_refused_) {
        target_->streams = false;
    }
    EngineReply reply{
        .body = std::get<nlohmann::json>(std::move(answer)),
        .endpoint = target_->options.url,
        .latency = std::chrono::duration_cast<milliseconds>(steady_clock::now() - started_)
    };
    if (stream_) {
        reply.time_to_first_token = stream_->time_to_first_token().value_or(milliseconds{0});
    }
    return reply;
}

Error OpenAiCall::error_of(const Signal& signal) const {
    Error error = classify(target_->engine, signal, call_.model, target_->options.url);
    error.partial = error.partial || (stream_ && stream_->has_output());
    return error;
}

}  // namespace inference
