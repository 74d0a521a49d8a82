// Recorded jobs against today's workflows. The histories were written by e2e/jobs_test.py, lean_test.py, batch_test.py and listing_test.py with
// IW_RECORD_DIR set to this folder; those of jobs that run now must replay with every later version.

#include "temporal/history.hpp"
#include "temporal/testing/replayer.hpp"
#include "workflows/batch_workflow.hpp"
#include "workflows/inference_workflow.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace inference {
namespace {

temporal::History recorded(const std::string& name) {
    const char* root = std::getenv("IW_SOURCE_DIR");
    const auto file = std::filesystem::path(root != nullptr ? root : ".") / "worker/test/replay" /
                      (name + ".json");
    std::ifstream stream(file);
    if (!stream) {
        throw std::runtime_error("no history at " + file.string());
    }
    std::stringstream text;
    text << stream.rdbuf();
    return temporal::History::from_json(text.str());
}

class RecordedJob : public testing::TestWithParam<const char*> {};

TEST_P(RecordedJob, ReplaysWithTodaysCode) {
    temporal::testing::Replayer replayer;
    replayer.add<InferenceWorkflow>().add<BatchWorkflow>();

    const auto result = replayer.replay(recorded(GetParam()));

    EXPECT_TRUE(result.ok()) << result.failure->message;
}

INSTANTIATE_TEST_SUITE_P(
    All,
    RecordedJob,
    testing::Values(
        "completed",
        "retried_twice",
        "failed_transient",
        "failed_in_preprocess",
        "engine_was_down",
        "worker_lost",
        "canceled",
        "deadline",
        "listed",
        "listed_failed",
        "batch_listed",
        "lean_completed",
        "lean_retried_twice",
        "lean_failed_in_preprocess",
        "lean_worker_lost",
        "lean_moved_to_local",
        "lean_moved_to_remote",
        "batch_completed",
        "batch_failed_fast",
        "batch_canceled",
        "batch_continued",
        "batch_paused",
        "batch_handed_over"
    ),
    [](const auto& info) { return std::string(info.param); }
);

}  // namespace
}  // namespace inference
