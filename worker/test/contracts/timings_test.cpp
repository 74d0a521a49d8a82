#include "contracts/timings.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>

namespace inference {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

TEST(Timings, AreWholeMilliseconds) {
    const Timings timings{
        .preprocess = 1ms,
        .infer = 2ms,
        .time_to_first_token = 3ms,
        .postprocess = 4ms,
        .total = 5ms
    };
    EXPECT_EQ(
        json(timings).dump(),
        R"({"infer_ms":2,"postprocess_ms":4,"preprocess_ms":1,"total_ms":5,"ttft_ms":3})"
    );
    EXPECT_EQ(json(timings).get<Timings>(), timings);
    EXPECT_EQ(json::object().get<Timings>(), Timings{});
}

}  // namespace
}  // namespace inference
