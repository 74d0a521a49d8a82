#include "cli/find_program.hpp"

#include "cli/temp_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

namespace inference::cli {
namespace {

namespace fs = std::filesystem;
using testing::TempFolder;

Environment environment(std::map<std::string, std::string> variables) {
    return [variables](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

fs::path program(const TempFolder& folder, const std::string& name) {
    const fs::path file = folder.write(name, "#!/bin/sh\n");
    fs::permissions(file, fs::perms::owner_all);
    return file;
}

TEST(FindTemporal, TheVariableComesBeforeTheCacheAndTheCacheBeforeThePath) {
    const TempFolder folder;
    const fs::path own = program(folder, "own/temporal-1");
    const fs::path cached = program(folder, "cache/bin/temporal");
    const fs::path on_path = program(folder, "second/temporal");
    const std::string path =
        (folder.path() / "first").string() + ":" + on_path.parent_path().string();

    EXPECT_EQ(
        find_temporal(environment(
            {{"TEMPORAL_CLI", own.string()}, {"IW_CACHE", (folder.path() / "cache").string()}}
        )),
        own
    );
    EXPECT_EQ(
        find_temporal(environment({{"IW_CACHE", (folder.path() / "cache").string()}, {"PATH", path}}
        )),
        cached
    );
    EXPECT_EQ(find_temporal(environment({{"HOME", "/nowhere"}, {"PATH", path}})), on_path);
    EXPECT_EQ(find_temporal(environment({})), std::nullopt);
}

TEST(FindTemporal, AWrongVariableIsNotPassedOver) {
    const TempFolder folder;
    const fs::path on_path = program(folder, "bin/temporal");
    EXPECT_EQ(
        find_temporal(environment(
            {{"TEMPORAL_CLI", "/nowhere/temporal"}, {"PATH", on_path.parent_path().string()}}
        )),
        std::nullopt
    );
}

TEST(FindTemporal, WhatCannotBeExecutedIsNoProgram) {
    const TempFolder folder;
    const fs::path plain = folder.write("bin/temporal", "text");
    EXPECT_EQ(find_temporal(environment({{"PATH", plain.parent_path().string()}})), std::nullopt);
}

}  // namespace
}  // namespace inference::cli
