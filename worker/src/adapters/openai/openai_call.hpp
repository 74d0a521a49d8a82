/// @file adapters/openai/openai_call.hpp
/// @brief One call under way: asks for a stream where it can have one, and makes one outcome of whatever comes.
#pragma once

#include "adapters/adapter.hpp"
#include "adapters/http/http_engine.hpp"
#include "adapters/openai/openai_request.hpp"
#include "adapters/openai/openai_target.hpp"
#include "adapters/openai/reply_stream.hpp"
#include "adapters/openai/task_api.hpp"

#include <chrono>
#include <memory>
#include <optional>

namespace inference {

/// Held by the HTTP engine's callbacks until it has completed.
///
/// Threads: start() on any; all else happens on the I/O thread.
class OpenAiCall : public std::enable_shared_from_this<OpenAiCall> {
public:
    /// Range: `http` lives until the call has completed, which its destructor sees to.
    OpenAiCall(
        std::shared_ptr<OpenAiTarget> target,
        const TaskApi& api,
        HttpEngine& http,
        EngineCall call,
        CallOptions options,
        Completion<EngineReply> done
    );

    void start();

private:
    using Answer = std::variant<nlohmann::json, Signal>;

    void send(AnswerForm form);
    HttpSink sink();
    void finish(HttpOutcome outcome);
    Outcome<EngineReply> outcome_of(HttpAnswer answer);
    Outcome<EngineReply> outcome_of(const HttpFailure& failure);
    Outcome<EngineReply> outcome_of(Cancelled cancelled) { return cancelled; }
    Outcome<EngineReply> outcome_of(Answer answer);
    Error error_of(const Signal& signal) const;

    const std::shared_ptr<OpenAiTarget> target_;
    const TaskApi& api_;
    HttpEngine& http_;
    const EngineCall call_;
    const CallOptions options_;
    const Completion<EngineReply> done_;
    const std::optional<std::size_t> expected_;
    const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    std::optional<ReplyStream> stream_;
    bool was_refused_ = false;  // the stream, not the call
};

}  // namespace inference
