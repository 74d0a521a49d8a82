#include "config/config_errors.hpp"

#include <gtest/gtest.h>

namespace inference {
namespace {

TEST(ConfigErrors, AreOneALineInTheFormThatEditorsJumpTo) {
    const ConfigErrors errors{
        .file = "etc/worker.yaml", .problems = {{0, "is a folder"}, {12, "unknown key 'x'"}}
    };
    EXPECT_EQ(
        to_string(errors), "etc/worker.yaml: is a folder\netc/worker.yaml:12: unknown key 'x'\n"
    );
}

}  // namespace
}  // namespace inference
