#include "cli/await_job.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace inference::cli {
namespace {

/// What a command prints, and with which exit code it ends.
struct Printed {
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    ExitCode code = ExitCode::kDone;

    explicit Printed(const JobEnd& end, Format format = Format::kText) {
        code = print_end(end, {.common = {.format = format}, .in = in, .out = out, .err = err});
    }
};

BatchResponse batch(JobState status) {
    BatchResponse response{
        .job_id = "b1", .status = status, .counts = {.total = 2, .succeeded = 1, .failed = 1}
    };
    response.results = {{{"custom_id", "a"}, {"error", nullptr}}};
    return response;
}

constexpr char kLine[] = "{\"custom_id\":\"a\",\"error\":null}\n";

TEST(PrintEnd, OfABatchIsItsLinesAndTheSummaryBesideThem) {
    const Printed printed({.job_id = "b1", .response = batch(JobState::kCompletedWithErrors)});
    EXPECT_EQ(printed.out.str(), kLine);
    EXPECT_EQ(
        printed.err.str(),
        "completed_with_errors: 2 items, 1 succeeded, 1 failed\n"
        "run the others again with: inference-worker retry-failed b1\n"
    );
}

TEST(PrintEnd, OfABatchWithFilesTheSummaryIsTheData) {
    BatchResponse response = batch(JobState::kCompleted);
    response.results = nullptr;
    response.output_ref = "file:///o";
    const Printed printed({.job_id = "b1", .response = response});
    EXPECT_EQ(printed.out.str(), "completed: 2 items, 1 succeeded, 1 failed; output: /o\n");
    EXPECT_EQ(printed.err.str(), "");
}

TEST(PrintEnd, IsASuccessForABatchOnlyIfNoItemFailed) {
    for (const Format format : {Format::kText, Format::kJson}) {
        EXPECT_EQ(Printed({"b1", batch(JobState::kCompleted)}, format).code, ExitCode::kDone);
        EXPECT_EQ(
            Printed({"b1", batch(JobState::kCompletedWithErrors)}, format).code,
            ExitCode::kJobFailed
        );
    }
    EXPECT_EQ(Printed({"j1", {{"content", "Hello"}}}).code, ExitCode::kDone);
}

TEST(PrintEnd, OfABatchThatFailedIsTheFailureAndWhatWasDone) {
    const JobFailure failure{.message = "too many failed", .batch = batch(JobState::kFailed)};
    const Printed printed({.job_id = "b1", .failure = failure});
    EXPECT_EQ(printed.code, ExitCode::kJobFailed);
    EXPECT_EQ(printed.out.str(), kLine);
    EXPECT_EQ(
        printed.err.str(),
        "job 'b1' failed: too many failed\nfailed: 2 items, 1 succeeded, 1 failed\n"
        "run the others again with: inference-worker retry-failed b1\n"
    );
}

TEST(PrintEnd, AsJsonIsTheWholeResponse) {
    const BatchResponse response = batch(JobState::kCompleted);
    const Printed printed({.job_id = "b1", .response = response}, Format::kJson);
    EXPECT_EQ(nlohmann::json::parse(printed.out.str()), nlohmann::json(response));
}

TEST(ResponseText, IsTheContentWhereThereIsOneElseTheOutputInOneLine) {
    EXPECT_EQ(
        to_text({{"content", "Hello\nworld"}, {"output", {{"content", "Hello\nworld"}}}}),
        "Hello\nworld"
    );
    EXPECT_EQ(
        to_text({{"content", nullptr}, {"output", {{"scores", {0.5}}}}}), R"({"scores":[0.5]})"
    );
    EXPECT_EQ(to_text({{"output", {{"outputs", nlohmann::json::array()}}}}), R"({"outputs":[]})");
}

TEST(ResponseText, OfAForeignWorkflowIsItsResultAsItIs) {
    EXPECT_EQ(to_text({{"answer", 42}}), R"({"answer":42})");
    EXPECT_EQ(to_text(7), "7");
}

}  // namespace
}  // namespace inference::cli
