#include "telemetry/otlp_exporter.hpp"

#include "support/http_imposter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace inference {
namespace {

using namespace std::chrono_literals;
using inference::testing::hold;
using inference::testing::HttpImposter;
using inference::testing::reply;
using inference::testing::reply_json;
using inference::testing::SeenRequest;
using ::testing::HasSubstr;

Span named(const std::string& name) {
    Span span;
    span.name = name;
    return span;
}

void ignore(const std::string& /*warning*/) {}

TEST(OtlpExporter, SendsWhatWaitsInOneRequestWhenItEnds) {
    const HttpImposter collector([](const SeenRequest&) { return reply_json("{}"); });
    {
        OtlpExporter exporter(
            {.endpoint = collector.url(""), .instance = "7@host", .interval = 1h}, ignore
        );
        exporter.add(named("first"));
        exporter.add(named("second"));
    }

    const auto requests = collector.requests();
    ASSERT_EQ(requests.size(), 1U);
    const SeenRequest& request = requests.front();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.target, "/v1/traces");
    EXPECT_THAT(request.body, HasSubstr("\"first\""));
    EXPECT_THAT(request.body, HasSubstr("\"second\""));
}

TEST(OtlpExporter, WhatDoesNotFitIsDroppedAndNobodyWaits) {
    const HttpImposter collector([](const SeenRequest&) { return reply_json("{}"); });
    OtlpExporter exporter(
        {.endpoint = collector.url(""), .instance = "", .capacity = 1, .interval = 1h}, ignore
    );

    // The thread takes as it likes; of so many at once, some find it full.
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < 100'000; ++i) {
        exporter.add(named("many"));
    }

    EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);
    EXPECT_GT(exporter.dropped(), 0U);
}

TEST(OtlpExporter, WhatACollectorRefusesIsDroppedAndSaidOnce) {
    const HttpImposter collector([](const SeenRequest&) { return reply(500, "{}"); });
    std::mutex mutex;
    std::vector<std::string> warnings;
    {
        OtlpExporter exporter(
            {.endpoint = collector.url(""), .instance = "", .interval = 1ms},
            [&](const std::string& warning) {
                const std::lock_guard lock(mutex);
                warnings.push_back(warning);
            }
        );
        for (std::uint64_t refused = 0; refused < 3; ++refused) {
            exporter.add(named("refused"));
            const auto deadline = std::chrono::steady_clock::now() + 20s;
            while (exporter.dropped() == refused && std::chrono::steady_clock::now() < deadline) {
                std::this_thread::yield();
            }
        }
        EXPECT_EQ(exporter.dropped(), 3U);
        EXPECT_EQ(exporter.sent(), 0U);
    }

    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_THAT(warnings.front(), HasSubstr(collector.url("") + "/v1/traces"));
}

TEST(OtlpExporter, EndsThoughItsCollectorHangs) {
    const HttpImposter collector([](const SeenRequest&) { return hold(); });
    const auto began = std::chrono::steady_clock::now();
    {
        OtlpExporter exporter(
            {.endpoint = collector.url(""), .instance = "", .interval = 1ms, .patience = 100ms},
            ignore
        );
        exporter.add(named("held"));
    }

    EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);
}

}  // namespace
}  // namespace inference
