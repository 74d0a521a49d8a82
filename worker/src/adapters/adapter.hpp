/// @file adapters/adapter.hpp
/// @brief One engine endpoint that can be called.
#pragma once

#include "contracts/engine_call.hpp"
#include "contracts/error.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>
#include <variant>

namespace inference {

using Deadline = std::chrono::steady_clock::time_point;

/// The caller wanted no answer any more. Not an error: nobody retries it.
struct Cancelled {};

/// The endpoint can take calls.
struct Ready {};

template <class T>
using Outcome = std::variant<T, Error, Cancelled>;

template <class T>
using Completion = std::function<void(Outcome<T>)>;

/// How far a streamed answer has come.
struct CallProgress {
    std::size_t pieces = 0;  ///< Of output: of most engines each is a token. 0: it has only begun.
    /// From the call's start to the first text, tool call or end; nullopt before it. Range: 1 ms and more.
    std::optional<std::chrono::milliseconds> time_to_first_token = std::nullopt;
};

/// Called on the adapter's I/O thread; must neither block nor throw.
using ProgressReport = std::function<void(const CallProgress&)>;

/// Text of one choice, to be appended to what came before. Called on the adapter's I/O thread; must neither block nor throw.
using TextReport = std::function<void(std::size_t choice, std::string_view text)>;

struct CallOptions {
    Deadline
        deadline;  ///< Passing it completes the call with a Timeout error and frees the engine.
    std::stop_token cancel = {};
    /// Called when the first token comes, and else at most once in 100 ms while anything does, a keep-alive too. Never
    /// where the answer is not streamed, nor after the completion.
    ProgressReport on_progress = {};
    /// Called for each piece of generated text as it comes, of chats and completions whose answer is streamed over HTTP; never
    /// for reasoning and tool calls, nor after the completion. What came of a call that fails is void.
    TextReport on_text = {};
    /// False: the answer comes whole, which costs both sides less, and says nothing before it is there.
    bool as_stream = true;
};

/// Speaks an engine's protocol and classifies what goes wrong. Never retries, except that a request whose reused
/// connection died before the answer began is sent once more on a new one, and one whose answer the server does not stream
/// once more without that wish.
///
/// Threads: call from any. Completions fire exactly once, on a thread of the adapter's I/O or, for what fails at once,
///          inside the call itself; they must not block, nor throw. No call has a thread of its own.
/// Cancel:  the HTTP connection is closed or the RPC cancelled, so that the engine stops its work; then the completion
///          has Cancelled, unless the call had ended before.
/// Errors:  messages name the model, the endpoint and the next step, and quote no engine text but what a known pattern
///          captured. `sent` is false only where no byte of the request can have left.
/// Destroy: with calls under way too, but not inside a completion. Each of them still completes exactly once.
/// @code
///   adapter->call(call, {.deadline = steady_clock::now() + 30s, .cancel = token}, [](Outcome<EngineReply> outcome) { ... });
/// @endcode
class Adapter {
public:
    Adapter() = default;
    Adapter(const Adapter&) = delete;
    Adapter& operator=(const Adapter&) = delete;
    virtual ~Adapter() = default;

    virtual void call(EngineCall call, CallOptions options, Completion<EngineReply> done) = 0;

    /// Asks whether the endpoint can take calls of its model now. Not ready is an Error with code ENGINE_NOT_READY or
    /// CONNECTION. An engine may say yes and still fail every call.
    virtual void ready(CallOptions options, Completion<Ready> done) = 0;

    /// As configured; names the endpoint in replies and errors.
    virtual std::string_view endpoint() const noexcept = 0;
};

}  // namespace inference
