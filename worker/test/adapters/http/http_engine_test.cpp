#include "adapters/http/http_engine.hpp"

#include "support/http_calls.hpp"
#include "support/http_imposter.hpp"
#include "support/process_threads.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace inference {
namespace {

using namespace std::chrono_literals;
using namespace inference::testing;
using std::chrono::steady_clock;
using ::testing::Each;
using ::testing::SizeIs;

using Box = HttpBox;

HttpRequest post(const std::string& url, std::string body = "{}") {
    return {.url = url, .headers = {"Content-Type: application/json"}, .body = std::move(body)};
}

/// A port that nothing listens on: bound, so that nobody else gets it, but refusing.
class RefusingPort {
public:
    RefusingPort() {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        bind(socket_, reinterpret_cast<const sockaddr*>(&address), size);
        getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
        url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    }
    RefusingPort(const RefusingPort&) = delete;
    RefusingPort& operator=(const RefusingPort&) = delete;
    ~RefusingPort() { ::close(socket_); }

    const std::string& url() const { return url_; }

private:
    int socket_ = socket(AF_INET, SOCK_STREAM, 0);
    std::string url_;
};

TEST(HttpEngine, SendsARequestAndReturnsTheAnswer) {
    const HttpImposter server([](const SeenRequest&) {
        return reply(418, "tea", "text/plain", "X-Kind: Green \r\n");
    });
    HttpEngine engine;

    const HttpAnswer answer = answer_of(run(engine, post(server.url("/pot"), "water")));

    EXPECT_EQ(answer.status, 418);
    EXPECT_EQ(answer.body, "tea");
    EXPECT_EQ(answer.header("x-kind"), "Green");
    EXPECT_EQ(answer.header("absent"), "");
    ASSERT_THAT(server.requests(), SizeIs(1));
    const SeenRequest seen = server.requests().front();
    EXPECT_EQ(seen.method, "POST");
    EXPECT_EQ(seen.target, "/pot");
    EXPECT_EQ(seen.body, "water");
    EXPECT_EQ(seen.headers.at("content-type"), "application/json");
}

TEST(HttpEngine, SendsLargeBodiesWithoutAskingFirst) {
    const HttpImposter server([](const SeenRequest&) { return reply_json("1"); });
    HttpEngine engine;

    answer_of(run(engine, post(server.url(), std::string(5 << 20, 'x'))));

    const SeenRequest seen = server.requests().front();
    EXPECT_EQ(seen.body.size(), 5U << 20);
    EXPECT_FALSE(seen.headers.contains("expect"));
}

TEST(HttpEngine, TakesTheLastAnswerAfterInterimOnes) {
    const HttpImposter server([](const SeenRequest&) {
        Reaction reaction = reply(200, "done");
        reaction.bytes = "HTTP/1.1 102 Processing\r\nX-Interim: yes\r\n\r\n" + reaction.bytes;
        return reaction;
    });
    HttpEngine engine;

    const HttpAnswer answer = answer_of(run(engine, post(server.url())));

    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("x-interim"), "");
}

TEST(HttpEngine, ReusesConnections) {
    const HttpImposter server([](const SeenRequest&) { return reply_json("1"); });
    HttpEngine engine;

    for (int i = 0; i < 5; ++i) {
        answer_of(run(engine, post(server.url())));
    }

    EXPECT_EQ(server.connections(), 1);
}

TEST(HttpEngine, DoesNotReuseAConnectionThatWasIdleForLong) {
    const HttpImposter server([](const SeenRequest&) { return reply_json("1"); });
    HttpEngine engine({.max_idle = 0s});
    answer_of(run(engine, post(server.url())));
    const auto idle_since = steady_clock::now();

    // libcurl counts whole seconds; the server sees a second connection once the first is old enough.
    while (server.connections() == 1 && steady_clock::now() < idle_since + kPatience) {
        const HttpImposter other([](const SeenRequest&) { return hold(); });
        failure_of(run(engine, post(other.url()), in(1100ms)));
        answer_of(run(engine, post(server.url())));
    }

    EXPECT_EQ(server.connections(), 2);
}

TEST(HttpEngine, DoesNotFollowRedirects) {
    const HttpImposter server([](const SeenRequest&) {
        return reply(307, "", "text/plain", "Location: /elsewhere\r\n");
    });
    HttpEngine engine;

    EXPECT_EQ(answer_of(run(engine, post(server.url()))).status, 307);
    EXPECT_THAT(server.requests(), SizeIs(1));
}

TEST(HttpEngine, RefusedConnectionIsNotSent) {
    const RefusingPort port;
    HttpEngine engine;

    const HttpFailure failure = failure_of(run(engine, post(port.url())));

    EXPECT_EQ(failure.fault, TransportFault::kNotConnected);
    EXPECT_FALSE(failure.sent);
    EXPECT_FALSE(failure.partial);
}

TEST(HttpEngine, UnknownHostIsNotSent) {
    HttpEngine engine;

    const HttpFailure failure = failure_of(run(engine, post("http://no-such-host.invalid:1/")));

    EXPECT_TRUE(
        failure.fault == TransportFault::kNoSuchHost ||
        failure.fault == TransportFault::kNotConnected
    );
    EXPECT_FALSE(failure.sent);
}

TEST(HttpEngine, ConnectionWithoutAnAnswerFromTheListenerTimesOutAsNotConnected) {
    // A listener with a full backlog answers no handshake.
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ASSERT_EQ(bind(listener, reinterpret_cast<const sockaddr*>(&address), size), 0);
    ASSERT_EQ(listen(listener, 0), 0);
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    const int filler = socket(AF_INET, SOCK_STREAM, 0);
    ASSERT_EQ(connect(filler, reinterpret_cast<const sockaddr*>(&address), size), 0);
    HttpEngine engine({.connect_timeout = 200ms});

    const auto started = steady_clock::now();
    const HttpFailure failure =
        failure_of(run(engine, post("http://127.0.0.1:" + std::to_string(ntohs(address.sin_port))))
        );

    EXPECT_EQ(failure.fault, TransportFault::kNotConnected);
    EXPECT_FALSE(failure.sent);
    EXPECT_LT(steady_clock::now() - started, 5s);
    ::close(filler);
    ::close(listener);
}

TEST(HttpEngine, ResetOfANewConnectionIsReportedAndNotRetried) {
    const HttpImposter server([](const SeenRequest&) { return reset(); });
    HttpEngine engine;

    const HttpFailure failure = failure_of(run(engine, post(server.url())));

    EXPECT_EQ(failure.fault, TransportFault::kBroken);
    EXPECT_TRUE(failure.sent);
    EXPECT_FALSE(failure.partial);
    EXPECT_THAT(server.requests(), SizeIs(1));
}

// The keep-alive race: the server resets or closes an old connection in the moment the request arrives.
class KeptConnection : public ::testing::TestWithParam<Reaction::Then> {};

TEST_P(KeptConnection, ThatDiesBeforeTheAnswerIsReplacedOnceByANewOne) {
    const HttpImposter server([](const SeenRequest& request) {
        const bool is_first = request.number_on_connection == 1;
        return is_first ? reply_json("1") : Reaction{.bytes = {}, .then = GetParam()};
    });
    HttpEngine engine;
    answer_of(run(engine, post(server.url())));

    const HttpAnswer answer = answer_of(run(engine, post(server.url(), "again")));

    EXPECT_EQ(answer.body, "1");
    EXPECT_EQ(server.connections(), 2);
    ASSERT_THAT(server.requests(), SizeIs(3));
    EXPECT_EQ(server.requests()[2].body, "again");
}

TEST_P(KeptConnection, IsNeverReplacedTwice) {
    const HttpImposter server([](const SeenRequest& request) {
        const bool is_first = request.connection == 1 && request.number_on_connection == 1;
        return is_first ? reply_json("1") : Reaction{.bytes = {}, .then = GetParam()};
    });
    HttpEngine engine;
    answer_of(run(engine, post(server.url())));

    const HttpFailure failure = failure_of(run(engine, post(server.url())));

    EXPECT_EQ(failure.fault, TransportFault::kBroken);
    EXPECT_TRUE(failure.sent);
    EXPECT_THAT(server.requests(), SizeIs(3));
}

// Several old connections in the pool, all dead: libcurl by itself would try up to five of them.
TEST_P(KeptConnection, IsNotReplacedByAnotherOldOne) {
    std::atomic<bool> servers_died = false;
    HttpImposter server([&servers_died](const SeenRequest& request) {
        if (!servers_died) {
            return hold();
        }
        return request.number_on_connection == 1 ? reply_json("new")
                                                 : Reaction{.bytes = {}, .then = GetParam()};
    });
    HttpEngine engine;
    std::vector<Box> boxes(4);
    for (const Box& box : boxes) {
        engine.start(post(server.url()), in(kPatience), {}, box.completion());
    }
    server.wait_for_requests(4);
    servers_died = true;
    server.release(reply_json("old").bytes);
    for (const Box& box : boxes) {
        answer_of(box.wait());
    }

    EXPECT_EQ(answer_of(run(engine, post(server.url()))).body, "new");
    EXPECT_EQ(server.connections(), 5);
    EXPECT_THAT(server.requests(), SizeIs(6));
}

INSTANTIATE_TEST_SUITE_P(
    HttpEngine,
    KeptConnection,
    ::testing::Values(Reaction::Then::kReset, Reaction::Then::kClose),
    [](const auto& info) { return info.param == Reaction::Then::kReset ? "Reset" : "Close"; }
);

TEST(HttpEngine, AnswerThatIsCutOffIsPartialAndNotRetried) {
    const HttpImposter server([](const SeenRequest& request) {
        return request.number_on_connection == 1
                   ? reply_json("1")
                   : close(
                         "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                         "100\r\n\r\n{\"cho"
                     );
    });
    HttpEngine engine;
    answer_of(run(engine, post(server.url())));

    const HttpFailure failure = failure_of(run(engine, post(server.url())));

    EXPECT_EQ(failure.fault, TransportFault::kBroken);
    EXPECT_TRUE(failure.partial);
    EXPECT_THAT(server.requests(), SizeIs(2));
}

TEST(HttpEngine, WhatIsNotHttpIsUnintelligible) {
    const HttpImposter server([](const SeenRequest&) { return close("220 mail.example ESMTP\r\n"); }
    );
    HttpEngine engine;

    EXPECT_EQ(failure_of(run(engine, post(server.url()))).fault, TransportFault::kUnintelligible);
}

TEST(HttpEngine, AnswerAboveTheCapIsRefused) {
    const HttpImposter server([](const SeenRequest&) { return reply_json(std::string(1001, '1')); }
    );
    HttpEngine engine;
    HttpRequest request = post(server.url());
    request.max_answer_bytes = 1000;

    EXPECT_EQ(failure_of(run(engine, request)).fault, TransportFault::kTooLarge);

    request.max_answer_bytes = 1001;
    EXPECT_EQ(answer_of(run(engine, request)).body.size(), 1001U);
}

TEST(HttpEngine, DeadlineEndsACallAndClosesItsConnection) {
    const HttpImposter server([](const SeenRequest&) { return hold(); });
    HttpEngine engine;
    const auto started = steady_clock::now();

    const HttpFailure failure = failure_of(run(engine, post(server.url()), in(100ms)));

    EXPECT_EQ(failure.fault, TransportFault::kDeadline);
    EXPECT_TRUE(failure.sent);
    EXPECT_FALSE(failure.partial);
    EXPECT_GE(steady_clock::now() - started, 100ms);
    EXPECT_LT(steady_clock::now() - started, 5s);
    server.wait_for_closed_by_client(1);
}

TEST(HttpEngine, DeadlineHoldsForAnAnswerThatDripsToo) {
    const HttpImposter server([](const SeenRequest&) {
        return Reaction{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", Reaction::Then::kHold};
    });
    HttpEngine engine;

    const HttpFailure failure = failure_of(run(engine, post(server.url()), in(200ms)));

    EXPECT_EQ(failure.fault, TransportFault::kDeadline);
    EXPECT_TRUE(failure.partial);
}

TEST(HttpEngine, CallThatIsPastItsDeadlineIsNotSent) {
    const HttpImposter server([](const SeenRequest&) { return reply_json("1"); });
    HttpEngine engine;

    const HttpFailure failure = failure_of(run(engine, post(server.url()), in(-1ms)));

    EXPECT_EQ(failure.fault, TransportFault::kDeadline);
    EXPECT_FALSE(failure.sent);
    EXPECT_THAT(server.requests(), SizeIs(0));
}

TEST(HttpEngine, CallThatWaitsForAConnectionKeepsItsDeadline) {
    const HttpImposter server([](const SeenRequest&) { return hold(); });
    HttpEngine engine({.max_host_connections = 1});
    const Box first;
    engine.start(post(server.url()), in(kPatience), {}, first.completion());
    server.wait_for_requests(1);

    const HttpFailure failure = failure_of(run(engine, post(server.url()), in(100ms)));

    EXPECT_EQ(failure.fault, TransportFault::kDeadline);
    EXPECT_FALSE(failure.sent);
    EXPECT_THAT(server.requests(), SizeIs(1));
}

TEST(HttpEngine, CancelIsSeenByTheServerWithin100Milliseconds) {
    const HttpImposter server([](const SeenRequest&) { return hold(); });
    HttpEngine engine;
    std::stop_source stop;
    const Box box;
    engine.start(post(server.url()), in(kPatience), stop.get_token(), box.completion());
    server.wait_for_requests(1);

    const auto cancelled = steady_clock::now();
    stop.request_stop();

    EXPECT_TRUE(std::holds_alternative<Cancelled>(box.wait()));
    server.wait_for_closed_by_client(1);
    EXPECT_LT(server.last_closed_by_client() - cancelled, 100ms);
    EXPECT_EQ(box.count(), 1);
}

TEST(HttpEngine, CallThatIsCancelledBeforeItStartsIsNotSent) {
    const HttpImposter server([](const SeenRequest&) { return reply_json("1"); });
    HttpEngine engine;
    std::stop_source stop;
    stop.request_stop();
    const Box box;

    engine.start(post(server.url()), in(kPatience), stop.get_token(), box.completion());

    EXPECT_TRUE(std::holds_alternative<Cancelled>(box.wait()));
    EXPECT_EQ(server.connections(), 0);
}

TEST(HttpEngine, CancelAfterTheAnswerChangesNothing) {
    const HttpImposter server([](const SeenRequest&) { return reply_json("1"); });
    std::stop_source stop;
    const Box box;
    {
        HttpEngine engine;
        engine.start(post(server.url()), in(kPatience), stop.get_token(), box.completion());
        answer_of(box.wait());
        stop.request_stop();
    }

    EXPECT_TRUE(std::holds_alternative<HttpAnswer>(box.wait()));
    EXPECT_EQ(box.count(), 1);
}

TEST(HttpEngine, DestructionCompletesEveryCallAsCancelled) {
    const HttpImposter server([](const SeenRequest&) { return hold(); });
    std::vector<Box> boxes(20);
    {
        HttpEngine engine;
        for (const Box& box : boxes) {
            engine.start(post(server.url()), in(kPatience), {}, box.completion());
        }
        server.wait_for_requests(1);
    }

    for (const Box& box : boxes) {
        EXPECT_TRUE(std::holds_alternative<Cancelled>(box.wait()));
        EXPECT_EQ(box.count(), 1);
    }
}

TEST(HttpEngine, AThousandCallsInFlightUseOneThread) {
    constexpr std::size_t kCalls = 1000;
    HttpImposter server([](const SeenRequest&) { return hold(); });
    const int threads_before = process_threads();
    HttpEngine engine;
    std::vector<Box> boxes(kCalls);

    for (const Box& box : boxes) {
        engine.start(post(server.url()), in(60s), {}, box.completion());
    }
    server.wait_for_requests(kCalls);
    const int threads = process_threads();
    server.release(reply_json("1").bytes);

    for (const Box& box : boxes) {
        answer_of(box.wait());
    }
    EXPECT_LE(threads, threads_before + 1);
    EXPECT_EQ(server.connections(), static_cast<int>(kCalls));
}

TEST(HttpEngine, CompletesExactlyOnceWhateverRaces) {
    const HttpImposter server([](const SeenRequest& request) {
        switch (request.number_on_connection % 4) {
            case 0: return reset();
            case 1: return reply_json("1");
            case 2: return close("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1");
            default: return hold();
        }
    });
    std::vector<Box> boxes(400);
    std::vector<std::stop_source> stops(boxes.size());
    {
        HttpEngine engine({.max_host_connections = 20});
        for (std::size_t i = 0; i < boxes.size(); ++i) {
            engine.start(
                post(server.url()),
                in(std::chrono::milliseconds(i % 50)),
                stops[i].get_token(),
                boxes[i].completion()
            );
            stops[i / 2].request_stop();
        }
    }

    for (const Box& box : boxes) {
        EXPECT_EQ(box.count(), 1);
    }
}

TEST(HttpEngine, ProxyOfTheEnvironmentIsNotUsedForThisMachine) {
    const HttpImposter server([](const SeenRequest&) { return reply_json("1"); });
    const RefusingPort proxy;
    setenv("http_proxy", proxy.url().c_str(), 1);
    HttpEngine engine;

    const HttpOutcome outcome = run(engine, post(server.url()));

    unsetenv("http_proxy");
    EXPECT_EQ(answer_of(outcome).status, 200);
}

TEST(HttpEngine, ConnectsElsewhereThanTheUrlSaysWhereItIsTold) {
    const HttpImposter server([](const SeenRequest&) { return reply_json("1"); });
    HttpEngine engine;
    HttpRequest request = post("http://engine.example/v1");
    request.connect_to = "127.0.0.1:" + std::to_string(server.port());

    answer_of(run(engine, request));

    EXPECT_EQ(server.requests().front().headers.at("host"), "engine.example");
}

TEST(HttpEngine, TlsFileThatDoesNotExistIsConfiguration) {
    HttpEngine engine;
    HttpRequest request = post("https://127.0.0.1:1/");
    request.tls.ca_file = "/no/such/file.pem";
    const HttpImposter server([](const SeenRequest&) { return reply_json("1"); });
    request.url = "https://127.0.0.1:" + std::to_string(server.port());

    EXPECT_EQ(failure_of(run(engine, request)).fault, TransportFault::kTlsRefused);
}

TEST(HttpEngine, ServerWithoutTlsIsAFailedHandshake) {
    const HttpImposter server([](const SeenRequest&) { return reply_json("1"); });
    HttpEngine engine;

    const HttpFailure failure =
        failure_of(run(engine, post("https://127.0.0.1:" + std::to_string(server.port()))));

    EXPECT_EQ(failure.fault, TransportFault::kTlsHandshake);
    EXPECT_FALSE(failure.sent);
}

}  // namespace
}  // namespace inference
