// Answers that are taken as they come.
#include "adapters/http/http_engine.hpp"
#include "support/http_calls.hpp"
#include "support/http_imposter.hpp"
#include "support/process_threads.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

namespace inference {
namespace {

using namespace std::chrono_literals;
using namespace inference::testing;
using std::chrono::steady_clock;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Box = HttpBox;

/// What a sink took, and what it says of each piece.
class Sink {
public:
    explicit Sink(Taken answer = Taken::kPatiently) : state_(std::make_shared<State>()) {
        state_->answer = answer;
    }

    HttpSink function() const {
        return [state = state_](std::string_view bytes) {
            const std::lock_guard lock(state->mutex);
            state->body += bytes;
            ++state->pieces;
            state->changed.notify_all();
            return state->answer;
        };
    }

    std::string body() const {
        const std::lock_guard lock(state_->mutex);
        return state_->body;
    }

    int pieces() const {
        const std::lock_guard lock(state_->mutex);
        return state_->pieces;
    }

    /// Errors: throws if it does not come to that.
    void wait_for(const std::string& body) const {
        std::unique_lock lock(state_->mutex);
        if (!state_->changed.wait_for(lock, kPatience, [&] { return state_->body == body; })) {
            throw std::runtime_error("the body never came so far");
        }
    }

private:
    struct State {
        std::mutex mutex;
        std::condition_variable changed;
        Taken answer = Taken::kPatiently;
        std::string body;
        int pieces = 0;
    };
    std::shared_ptr<State> state_;
};

HttpRequest streaming(const HttpImposter& server, const Sink& sink) {
    HttpRequest request{.url = server.url(), .headers = {}, .body = "{}"};
    request.sink = sink.function();
    return request;
}

TEST(HttpStream, GoesToTheSinkAsItComes) {
    HttpImposter server([](const SeenRequest&) {
        return Reaction{stream_head() + stream_piece("one"), Reaction::Then::kHold};
    });
    HttpEngine engine;
    const Sink sink;
    const Box box;
    engine.start(streaming(server, sink), in(kPatience), {}, box.completion());

    sink.wait_for("one");
    EXPECT_EQ(box.count(), 0);
    server.wait_for_held(1);
    server.release(stream_piece("two") + stream_end());

    const HttpAnswer answer = answer_of(box.wait());
    EXPECT_TRUE(answer.streamed);
    EXPECT_THAT(answer.body, IsEmpty());
    EXPECT_EQ(sink.body(), "onetwo");
}

TEST(HttpStream, ComesThroughWhateverTheSizeOfTheWrites) {
    const HttpImposter server([](const SeenRequest&) {
        Reaction reaction = reply_stream("some text");
        reaction.drips = true;
        return reaction;
    });
    HttpEngine engine;
    const Sink sink;

    answer_of(run(engine, streaming(server, sink)));

    EXPECT_EQ(sink.body(), "some text");
}

TEST(HttpStream, LeavesItsConnectionForTheNextCall) {
    const HttpImposter server([](const SeenRequest&) { return reply_stream("1"); });
    HttpEngine engine;
    const Sink sink;

    for (int i = 0; i < 3; ++i) {
        answer_of(run(engine, streaming(server, sink)));
    }

    EXPECT_EQ(server.connections(), 1);
}

TEST(HttpStream, IsCollectedWhereItIsNoSuccessOrNoStreamOfEvents) {
    const HttpImposter server([](const SeenRequest& request) {
        switch (request.number_on_connection) {
            case 1: return reply(200, "whole", "application/json");
            case 2: return reply(503, "busy", "text/event-stream");
            case 3: return reply(200, "whole", "text/event-stream-of-another-kind");
            default:
                return Reaction{
                    stream_head("application/json") + stream_piece("whole") + stream_end()
                };
        }
    });
    HttpEngine engine;
    const Sink sink;

    for (const char* body : {"whole", "busy", "whole", "whole"}) {
        const HttpAnswer answer = answer_of(run(engine, streaming(server, sink)));
        EXPECT_EQ(answer.body, body);
        EXPECT_FALSE(answer.streamed);
    }
    EXPECT_EQ(sink.pieces(), 0);
}

TEST(HttpStream, IsKnownByItsTypeInAnyCase) {
    const HttpImposter server([](const SeenRequest&) {
        return Reaction{
            stream_head("Text/Event-Stream ;charset=utf-8") + stream_piece("1") + stream_end()
        };
    });
    HttpEngine engine;
    const Sink sink;

    EXPECT_TRUE(answer_of(run(engine, streaming(server, sink))).streamed);
}

TEST(HttpStream, MayBeEmpty) {
    const HttpImposter server([](const SeenRequest&) {
        return Reaction{stream_head() + stream_end()};
    });
    HttpEngine engine;
    const Sink sink;

    EXPECT_TRUE(answer_of(run(engine, streaming(server, sink))).streamed);
    EXPECT_EQ(sink.pieces(), 0);
}

TEST(HttpStream, CountsAsAWholeForTheCap) {
    const HttpImposter server([](const SeenRequest&) {
        std::string bytes = stream_head();
        for (int i = 0; i < 10; ++i) {
            bytes += stream_piece(std::string(100, 'x'));
        }
        return Reaction{bytes + stream_end()};
    });
    HttpEngine engine;
    const Sink sink;
    HttpRequest request = streaming(server, sink);
    request.max_answer_bytes = 1000;
    answer_of(run(engine, request));

    request.max_answer_bytes = 999;
    const HttpFailure failure = failure_of(run(engine, request));

    EXPECT_EQ(failure.fault, TransportFault::kTooLarge);
    EXPECT_TRUE(failure.partial);
    EXPECT_LE(sink.body().size(), 1000U + 999U);
}

TEST(HttpStream, EndsWhereTheSinkRefusesAndClosesTheConnection) {
    const HttpImposter server([](const SeenRequest&) {
        return Reaction{stream_head() + stream_piece("x"), Reaction::Then::kHold};
    });
    HttpEngine engine;
    const Sink sink(Taken::kRefused);

    const HttpFailure failure = failure_of(run(engine, streaming(server, sink)));

    EXPECT_EQ(failure.fault, TransportFault::kRefused);
    EXPECT_TRUE(failure.sent);
    EXPECT_TRUE(failure.partial);
    EXPECT_EQ(sink.pieces(), 1);
    server.wait_for_closed_by_client(1);
    EXPECT_THAT(server.requests(), SizeIs(1));
}

TEST(HttpStream, ThatBreaksOffIsNotSentAgain) {
    const HttpImposter server([](const SeenRequest& request) {
        return request.number_on_connection == 1 ? reply_stream("1")
                                                 : reset(stream_head() + stream_piece("half"));
    });
    HttpEngine engine;
    const Sink sink;
    answer_of(run(engine, streaming(server, sink)));

    const HttpFailure failure = failure_of(run(engine, streaming(server, sink)));

    EXPECT_EQ(failure.fault, TransportFault::kBroken);
    EXPECT_TRUE(failure.partial);
    EXPECT_THAT(server.requests(), SizeIs(2));
}

TEST(HttpStream, IsSentAgainWhereItsOldConnectionDiesBeforeAnyByte) {
    const HttpImposter server([](const SeenRequest& request) {
        return request.number_on_connection == 1 ? reply_stream("1") : reset();
    });
    HttpEngine engine;
    const Sink sink;
    answer_of(run(engine, streaming(server, sink)));

    answer_of(run(engine, streaming(server, sink)));

    EXPECT_EQ(sink.body(), "11");
    EXPECT_THAT(server.requests(), SizeIs(3));
}

TEST(HttpStream, ThatStopsPassesTheIdleTimeout) {
    const HttpImposter server([](const SeenRequest&) {
        return Reaction{stream_head() + stream_piece("x"), Reaction::Then::kHold};
    });
    HttpEngine engine;
    const Sink sink(Taken::kUrgently);
    HttpRequest request = streaming(server, sink);
    request.idle_timeout = 100ms;
    const auto started = steady_clock::now();

    const HttpFailure failure = failure_of(run(engine, request));

    EXPECT_EQ(failure.fault, TransportFault::kStalled);
    EXPECT_TRUE(failure.partial);
    EXPECT_GE(steady_clock::now() - started, 100ms);
    EXPECT_LT(steady_clock::now() - started, kPatience);
    server.wait_for_closed_by_client(1);
}

TEST(HttpStream, ThatNobodyFindsUrgentHasItsDeadlineOnly) {
    const HttpImposter server([](const SeenRequest&) {
        return Reaction{stream_head() + stream_piece("x"), Reaction::Then::kHold};
    });
    HttpEngine engine;
    const Sink patient(Taken::kPatiently);
    HttpRequest request = streaming(server, patient);
    request.idle_timeout = 1ms;
    EXPECT_EQ(failure_of(run(engine, request, in(200ms))).fault, TransportFault::kDeadline);

    const Sink urgent(Taken::kUrgently);
    request = streaming(server, urgent);
    EXPECT_EQ(failure_of(run(engine, request, in(200ms))).fault, TransportFault::kDeadline);

    request.idle_timeout = kPatience;
    EXPECT_EQ(failure_of(run(engine, request, in(200ms))).fault, TransportFault::kDeadline);
}

TEST(HttpStream, ThatGoesOnNeverPassesTheIdleTimeout) {
    HttpImposter server([](const SeenRequest&) {
        return Reaction{stream_head() + stream_piece("x"), Reaction::Then::kHold};
    });
    HttpEngine engine;
    const Sink sink(Taken::kUrgently);
    HttpRequest request = streaming(server, sink);
    request.idle_timeout = 1s;
    const Box box;
    const auto started = steady_clock::now();
    engine.start(request, in(kPatience), {}, box.completion());

    // Longer than the timeout in all, and no pause as long as it.
    int pieces = 1;
    for (; steady_clock::now() - started < 1200ms; ++pieces) {
        sink.wait_for(std::string(static_cast<std::size_t>(pieces), 'x'));
        server.wait_for_held(pieces);
        const Box pause;
        const HttpImposter other([](const SeenRequest&) { return hold(); });
        engine.start(
            {.url = other.url(), .headers = {}, .body = {}}, in(100ms), {}, pause.completion()
        );
        pause.wait();
        server.release(stream_piece("x"), Reaction::Then::kHold);
    }
    server.wait_for_held(pieces);
    server.release(stream_end());

    answer_of(box.wait());
}

TEST(HttpStream, IsClosedByACancelInTheMiddle) {
    const HttpImposter server([](const SeenRequest&) {
        return Reaction{stream_head() + stream_piece("x"), Reaction::Then::kHold};
    });
    HttpEngine engine;
    const Sink sink;
    std::stop_source stop;
    const Box box;
    engine.start(streaming(server, sink), in(kPatience), stop.get_token(), box.completion());
    sink.wait_for("x");

    const auto cancelled = steady_clock::now();
    stop.request_stop();

    EXPECT_TRUE(std::holds_alternative<Cancelled>(box.wait()));
    server.wait_for_closed_by_client(1);
    EXPECT_LT(server.last_closed_by_client() - cancelled, 100ms);
}

TEST(HttpStream, MayBeStartedByACompletion) {
    const HttpImposter server([](const SeenRequest&) { return reply_stream("1"); });
    HttpEngine engine;
    const Sink sink;
    const Box box;

    engine.start(streaming(server, sink), in(kPatience), {}, [&](const HttpOutcome&) {
        engine.start(streaming(server, sink), in(kPatience), {}, box.completion());
    });

    answer_of(box.wait());
    EXPECT_EQ(sink.body(), "11");
}

}  // namespace
}  // namespace inference
