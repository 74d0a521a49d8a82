#include "files/replace_file.hpp"

#include "cli/temp_folder.hpp"
#include "files/file_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace inference {
namespace {

using cli::testing::TempFolder;
using cli::testing::thrown_by;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::names_in;
using testing::text_of;

TEST(ReplaceFile, TheFileHoldsAllThatWasWrittenAndNothingIsLeftBeside) {
    const TempFolder folder;
    const auto file = folder.write("out", "old");
    const std::string block(700'000, 'x');

    replace_file(file, [&](const WriteBytes& write) {
        write(block);
        write(block);
        write("end");
    });

    EXPECT_EQ(text_of(file), block + block + "end");
    EXPECT_THAT(names_in(folder.path()), ElementsAre("out"));
}

TEST(ReplaceFile, UntilAllIsWrittenTheOldFileStands) {
    const TempFolder folder;
    const auto file = folder.write("out", "old");

    replace_file(file, [&](const WriteBytes& write) {
        write(std::string(2'000'000, 'x'));
        EXPECT_EQ(text_of(file), "old");
    });
}

TEST(ReplaceFile, WhatFailsOnTheWayLeavesTheOldFile) {
    const TempFolder folder;
    const auto file = folder.write("out", "old");

    thrown_by<std::logic_error>([&] {
        replace_file(file, [](const WriteBytes& write) {
            write("new");
            throw std::logic_error("broke off");
        });
    });

    EXPECT_EQ(text_of(file), "old");
}

TEST(ReplaceFile, ALongerFileThatACrashLeftBehindLeavesNoTrace) {
    const TempFolder folder;
    folder.write("out.tmp", "much longer than what comes now");

    replace_file(folder.path() / "out", [](const WriteBytes& write) { write("new"); });

    EXPECT_EQ(text_of(folder.path() / "out"), "new");
    EXPECT_THAT(names_in(folder.path()), ElementsAre("out"));
}

TEST(ReplaceFile, AFolderThatIsNotThereIsAStorageErrorThatNamesThePath) {
    const TempFolder folder;
    const auto file = folder.path() / "nowhere" / "out";
    const auto error =
        thrown_by<StorageError>([&] { replace_file(file, [](const WriteBytes&) {}); });
    EXPECT_THAT(error.what(), HasSubstr(file.string()));
    EXPECT_THAT(error.what(), HasSubstr("No such file or directory"));
}

}  // namespace
}  // namespace inference
