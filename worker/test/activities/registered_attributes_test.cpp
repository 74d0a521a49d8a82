#include "activities/registered_attributes.hpp"

#include "workflows/job_attributes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

namespace inference {
namespace {

using namespace std::chrono_literals;
using temporal::SearchAttributeType;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// A server whose registry a test writes.
struct Registry {
    temporal::SearchAttributeTypes types;
    bool answers = true;
    int asked = 0;
    std::vector<std::string> warnings;
    RegisteredAttributes attributes{
        [this] {
            ++asked;
            if (!answers) {
                throw std::runtime_error("permission denied");
            }
            return types;
        },
        [this](const std::string& message) { warnings.push_back(message); }
    };
    RegisteredAttributes::Clock::time_point now{};
};

TEST(RegisteredAttributes, AllAreUsedWhereAllAreThereAndTheServerIsAskedOnceAMinute) {
    Registry server{.types = job_attribute_types()};

    EXPECT_THAT(server.attributes.get(server.now), SizeIs(kJobAttributes.size()));
    EXPECT_THAT(server.attributes.get(server.now + 59s), SizeIs(kJobAttributes.size()));
    EXPECT_EQ(server.asked, 1);
    EXPECT_THAT(server.attributes.get(server.now + 60s), SizeIs(kJobAttributes.size()));
    EXPECT_EQ(server.asked, 2);
    EXPECT_THAT(server.warnings, IsEmpty());
}

TEST(RegisteredAttributes, WhatIsMissingOrOfAnotherTypeIsLeftOutWithOneWarning) {
    Registry server{
        .types =
            {{"ModelName", SearchAttributeType::kKeyword}, {"ItemsDone", SearchAttributeType::kText}
            }
    };

    EXPECT_THAT(server.attributes.get(server.now), ElementsAre(JobAttribute::kModelName));
    EXPECT_THAT(server.attributes.get(server.now + 1min), ElementsAre(JobAttribute::kModelName));

    ASSERT_THAT(server.warnings, SizeIs(1));
    EXPECT_THAT(
        server.warnings[0], HasSubstr("JobPriority, ErrorClass, ItemsDone, ItemsTotal; register")
    );
    server.types = job_attribute_types();
    EXPECT_THAT(server.attributes.get(server.now + 2min), SizeIs(kJobAttributes.size()));
}

TEST(RegisteredAttributes, AServerThatDoesNotAnswerChangesNothing) {
    Registry server{.types = job_attribute_types(), .answers = false};
    EXPECT_THAT(server.attributes.get(server.now), IsEmpty());
    EXPECT_THAT(server.warnings, ElementsAre(HasSubstr("jobs set none: permission denied")));

    server.answers = true;
    EXPECT_THAT(server.attributes.get(server.now + 1min), SizeIs(kJobAttributes.size()));
    server.answers = false;
    EXPECT_THAT(server.attributes.get(server.now + 2min), SizeIs(kJobAttributes.size()));
}

}  // namespace
}  // namespace inference
