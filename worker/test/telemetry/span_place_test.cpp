#include "telemetry/span_place.hpp"

#include "contracts/traceparent.hpp"

#include <gtest/gtest.h>

namespace inference {
namespace {

constexpr char kTraceparent[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr char kNotKept[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
constexpr char kRun[] = "0198a2b4-1c3d-7e5f-8a9b-0c1d2e3f4a5b";

TEST(SpanPlace, AJobIsAChildOfTheClientsSpan) {
    const auto place = place_of_job(kTraceparent, kRun);

    ASSERT_TRUE(place);
    EXPECT_EQ(place->trace_id, "0af7651916cd43dd8448eb211c80319c");
    EXPECT_EQ(place->parent_id, "b7ad6b7169203331");
    EXPECT_EQ(place->span_id.size(), 16U);
}

TEST(SpanPlace, AJobWithoutAClientsSpanIsTheFirstOfATraceWithTheIdOfItsRun) {
    const auto place = place_of_job("", kRun);

    ASSERT_TRUE(place);
    EXPECT_EQ(place->trace_id, "0198a2b41c3d7e5f8a9b0c1d2e3f4a5b");
    EXPECT_EQ(place->parent_id, "");
}

TEST(SpanPlace, OfARunWhoseIdIsNoUuidTheTracesIdIsStillOne) {
    const auto place = place_of_job("", "run 1");

    ASSERT_TRUE(place);
    EXPECT_TRUE(is_traceparent(traceparent_of(*place))) << traceparent_of(*place);
}

TEST(SpanPlace, ATraceThatIsNotKeptHasNoPlaces) {
    EXPECT_FALSE(place_of_job(kNotKept, kRun));
    EXPECT_FALSE(place_named_by(kNotKept));
    EXPECT_FALSE(place_named_by(""));
}

TEST(SpanPlace, TwoWorkersGiveAJobAndItsStepsTheSamePlaces) {
    const SpanPlace job = *place_of_job(kTraceparent, kRun);

    EXPECT_EQ(job, *place_of_job(kTraceparent, kRun));
    EXPECT_EQ(place_within(job, "infer1/1"), place_within(job, "infer1/1"));
    EXPECT_NE(place_within(job, "infer1/1"), place_within(job, "infer2/1"));
    EXPECT_NE(place_of_job(kTraceparent, "another run")->span_id, job.span_id);
}

TEST(SpanPlace, WhatIsToldToOthersNamesTheSpanAsTheirParent) {
    const SpanPlace step = place_within(*place_of_job(kTraceparent, kRun), "infer1/1");

    const auto named = place_named_by(traceparent_of(step));

    ASSERT_TRUE(named);
    EXPECT_EQ(named->trace_id, step.trace_id);
    EXPECT_EQ(named->span_id, step.span_id);
}

}  // namespace
}  // namespace inference
