#include "cli/parallel.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <stdexcept>
#include <vector>

namespace inference::cli {
namespace {

TEST(InParallel, EachIsCalledOnceAndSeveralAtATime) {
    std::vector<std::atomic<int>> calls(100);
    std::latch two(2);
    in_parallel(calls.size(), [&](std::size_t i) {
        if (i < 2) {
            two.arrive_and_wait();
        }
        ++calls[i];
    });
    for (const auto& count : calls) {
        EXPECT_EQ(count, 1);
    }
    in_parallel(0, [](std::size_t) { FAIL(); });
}

TEST(InParallel, TheFirstErrorEndsItAndIsThrown) {
    std::atomic<int> calls = 0;
    const auto fail = [&](std::size_t) {
        ++calls;
        throw std::runtime_error("no");
    };
    EXPECT_THROW(in_parallel(1'000'000, fail), std::runtime_error);
    EXPECT_LT(calls, 1'000);
}

}  // namespace
}  // namespace inference::cli
