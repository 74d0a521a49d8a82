#include "cli/batch_arguments.hpp"

#include "cli/command_error.hpp"
#include "cli/temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inference::cli {
namespace {

TEST(BatchArguments, WhatIsNotGivenIsNotInTheRequestButThePriorityIsLow) {
    const BatchRequest plain = build_batch_request({});
    EXPECT_EQ(plain.model, std::nullopt);
    EXPECT_EQ(plain.job_id, std::nullopt);
    EXPECT_EQ(plain.client_id, std::nullopt);
    EXPECT_EQ(plain.priority, Priority::kLow);
    EXPECT_EQ(plain.parameters, nlohmann::json::object());
    EXPECT_FALSE(plain.skip_invalid);
}

TEST(BatchArguments, WhatIsGivenIsInTheRequest) {
    const BatchRequest full = build_batch_request(
        {.model = "m",
         .parameters = {"max_tokens=20"},
         .priority = "high",
         .id = "b1",
         .client_id = "ada",
         .skip_invalid = true}
    );
    EXPECT_EQ(full.model, "m");
    EXPECT_EQ(full.parameters, (nlohmann::json{{"max_tokens", 20}}));
    EXPECT_EQ(full.priority, Priority::kHigh);
    EXPECT_EQ(full.job_id, "b1");
    EXPECT_EQ(full.client_id, "ada");
    EXPECT_TRUE(full.skip_invalid);
}

TEST(BatchArguments, AWrongPriorityIsAUsageErrorThatNamesThem) {
    BatchArguments arguments;
    arguments.priority = "urgent";
    const auto error = testing::thrown_by<CommandError>([&] { build_batch_request(arguments); });
    EXPECT_EQ(error.code(), ExitCode::kUsage);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("high, normal, low"));
}

}  // namespace
}  // namespace inference::cli
