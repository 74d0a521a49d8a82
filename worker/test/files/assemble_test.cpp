#include "files/assemble.hpp"

#include "cli/temp_folder.hpp"
#include "files/file_text.hpp"
#include "files/storage_error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace inference {
namespace {

using cli::testing::TempFolder;
using cli::testing::thrown_by;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::line_of;
using testing::names_in;
using testing::text_of;
using ::testing::UnorderedElementsAre;

/// The lines of items, each with its newline.
std::string lines(std::initializer_list<std::string> lines) {
    std::string text;
    for (const std::string& line : lines) {
        text += line + "\n";
    }
    return text;
}

class AssembleTest : public ::testing::Test {
protected:
    void journals(const std::string& of_output, const std::string& of_errors) const {
        (void)folder_.write("out.jsonl.partial", of_output);
        (void)folder_.write("err.jsonl.partial", of_errors);
    }
    [[nodiscard]] Assembled run(std::int64_t items) const {
        return assemble(output_, errors_, items);
    }

    const TempFolder folder_;
    const std::filesystem::path output_ = folder_.path() / "out.jsonl";
    const std::filesystem::path errors_ = folder_.path() / "err.jsonl";
};

TEST_F(AssembleTest, BothFilesAreInTheOrderOfTheItems) {
    journals(lines({line_of(4), line_of(0), line_of(2)}), lines({line_of(3), line_of(1)}));
    const Assembled assembled = run(5);

    EXPECT_EQ(text_of(output_), lines({line_of(0), line_of(2), line_of(4)}));
    EXPECT_EQ(text_of(errors_), lines({line_of(1), line_of(3)}));
    EXPECT_EQ(assembled.succeeded, 3);
    EXPECT_EQ(assembled.failed, 2);
    EXPECT_EQ(assembled.bytes, text_of(output_).size() + text_of(errors_).size());
}

TEST_F(AssembleTest, OfSeveralLinesOfAnItemTheFirstWins) {
    journals(
        lines({line_of(1, "first"), line_of(0), line_of(1, "second")}),
        lines({line_of(2, "early"), line_of(2, "late")})
    );
    const Assembled assembled = run(3);

    EXPECT_EQ(text_of(output_), lines({line_of(0), line_of(1, "first")}));
    EXPECT_EQ(text_of(errors_), lines({line_of(2, "early")}));
    EXPECT_EQ(assembled.succeeded, 2);
    EXPECT_EQ(assembled.failed, 1);
}

TEST_F(AssembleTest, AnItemThatBothJournalsHaveHasSucceeded) {
    journals(lines({line_of(1, "good")}), lines({line_of(0, "bad"), line_of(1, "bad")}));
    const Assembled assembled = run(2);

    EXPECT_EQ(text_of(output_), lines({line_of(1, "good")}));
    EXPECT_EQ(text_of(errors_), lines({line_of(0, "bad")}));
    EXPECT_EQ(assembled.succeeded, 1);
    EXPECT_EQ(assembled.failed, 1);
}

TEST_F(AssembleTest, ItemsThatTheBatchDoesNotHaveAreLeftOut) {
    journals(lines({line_of(2), line_of(1), line_of(999'999'999)}), lines({line_of(7)}));
    EXPECT_EQ(run(2).succeeded, 1);
    EXPECT_EQ(text_of(output_), lines({line_of(1)}));
    EXPECT_EQ(text_of(errors_), "");
}

TEST_F(AssembleTest, ItemsThatNothingBecameOfAreLeftOut) {
    journals(lines({line_of(5)}), "");
    EXPECT_EQ(run(10).succeeded, 1);
    EXPECT_EQ(text_of(output_), lines({line_of(5)}));
}

TEST_F(AssembleTest, LinesThatAreNoneAndOneThatWasCutOffAreLeftOut) {
    journals(
        "\nnoise\n" + line_of(0).substr(0, 60) + "\n" + line_of(1) + "\n" +
            line_of(2).substr(0, 60),
        line_of(3).substr(0, 60)
    );
    EXPECT_EQ(run(4), (Assembled{.succeeded = 1, .failed = 0, .bytes = line_of(1).size() + 1}));
    EXPECT_EQ(text_of(output_), lines({line_of(1)}));
    EXPECT_EQ(text_of(errors_), "");
}

TEST_F(AssembleTest, BothFilesAreMadeAlsoWhereTheyHoldNothing) {
    journals("", "");
    EXPECT_EQ(run(2), Assembled{});
    EXPECT_TRUE(std::filesystem::exists(output_));
    EXPECT_TRUE(std::filesystem::exists(errors_));
}

TEST_F(AssembleTest, JournalsThatAreNotThereCountAsEmpty) {
    EXPECT_EQ(run(2), Assembled{});
    EXPECT_THAT(names_in(folder_.path()), UnorderedElementsAre("out.jsonl", "err.jsonl"));
}

TEST_F(AssembleTest, ABatchWithoutItemsMakesTwoEmptyFiles) {
    journals(lines({line_of(0)}), "");
    EXPECT_EQ(run(0), Assembled{});
    EXPECT_EQ(text_of(output_), "");
}

TEST_F(AssembleTest, AnOlderOutputIsReplaced) {
    (void)folder_.write("out.jsonl", "of another batch, and longer than the new one will ever be");
    (void)folder_.write("err.jsonl", "errors of another batch");
    journals(lines({"noise"}), "");
    (void)run(1);
    EXPECT_EQ(text_of(output_), "");
    EXPECT_EQ(text_of(errors_), "");
}

TEST_F(AssembleTest, TheJournalsStayAndNothingElseIsLeft) {
    const std::string of_output = lines({line_of(1), line_of(0)});
    const std::string of_errors = lines({line_of(2)});
    journals(of_output, of_errors);
    (void)run(3);

    EXPECT_EQ(text_of(partial_of(output_)), of_output);
    EXPECT_EQ(text_of(partial_of(errors_)), of_errors);
    EXPECT_THAT(
        names_in(folder_.path()),
        UnorderedElementsAre("out.jsonl", "out.jsonl.partial", "err.jsonl", "err.jsonl.partial")
    );
}

TEST_F(AssembleTest, AfterACrashAnywhereItIsDoneAgainWithTheSameOutcome) {
    journals(lines({line_of(2), line_of(0), line_of(2, "late")}), lines({line_of(1), line_of(2)}));
    const Assembled first = run(3);
    const std::string output = text_of(output_);
    const std::string errors = text_of(errors_);
    const auto again_is_the_same = [&] {
        EXPECT_EQ(run(3), first);
        EXPECT_EQ(text_of(output_), output);
        EXPECT_EQ(text_of(errors_), errors);
        EXPECT_EQ(names_in(folder_.path()).size(), 4);
    };

    again_is_the_same();
    std::filesystem::remove(output_);
    again_is_the_same();
    std::filesystem::remove(errors_);
    again_is_the_same();
    (void)folder_.write("out.jsonl.tmp", output + "half a li");
    (void)folder_.write("err.jsonl.tmp", errors + errors + errors);
    std::filesystem::remove(output_);
    again_is_the_same();
}

TEST_F(AssembleTest, ManyLinesInAnyOrderAreAllThereInTheirs) {
    constexpr std::int64_t kItems = 100'000;
    std::vector<std::int64_t> items(kItems);
    std::iota(items.begin(), items.end(), 0);
    std::ranges::shuffle(items, std::mt19937(7));  // NOLINT: the same order in every run
    std::string of_output;
    std::string of_errors;
    for (const std::int64_t item : items) {
        (item % 10 == 3 ? of_errors : of_output) += line_of(item) + "\n";
    }
    journals(of_output, of_errors);
    const Assembled assembled = run(kItems);

    std::string output;
    std::string errors;
    for (std::int64_t item = 0; item < kItems; ++item) {
        (item % 10 == 3 ? errors : output) += line_of(item) + "\n";
    }
    EXPECT_TRUE(text_of(output_) == output);
    EXPECT_TRUE(text_of(errors_) == errors);
    EXPECT_EQ(assembled.succeeded, 90'000);
    EXPECT_EQ(assembled.failed, 10'000);
}

TEST_F(AssembleTest, ALineLongerThanAnyBufferIsCopiedWhole) {
    const std::string lengthy = line_of(1, std::string(3'000'000, 'x'));
    journals(lines({lengthy, line_of(0)}), "");
    (void)run(2);
    EXPECT_TRUE(text_of(output_) == lines({line_of(0), lengthy}));
}

TEST_F(AssembleTest, AFolderThatIsGoneIsAStorageErrorThatNamesThePath) {
    const auto output = folder_.path() / "gone" / "out.jsonl";
    const auto error = thrown_by<StorageError>([&] { (void)assemble(output, output, 1); });
    EXPECT_THAT(error.what(), HasSubstr(output.string()));
    EXPECT_THAT(error.what(), HasSubstr("No such file or directory"));
}

TEST_F(AssembleTest, FinishedFilesAreCountedAsTheyWereMade) {
    journals(lines({line_of(2), line_of(0), line_of(2)}), lines({line_of(1)}));
    const Assembled assembled = run(3);
    remove_journals(output_, errors_);
    EXPECT_EQ(count_lines(output_, errors_), assembled);
}

TEST_F(AssembleTest, FilesThatAreNotThereHoldNothing) {
    EXPECT_EQ(count_lines(output_, errors_), Assembled{});
}

TEST_F(AssembleTest, RemovingTheJournalsLeavesTheFilesAndMayBeDoneAgain) {
    journals(lines({line_of(0)}), "");
    (void)run(1);
    remove_journals(output_, errors_);
    EXPECT_THAT(names_in(folder_.path()), UnorderedElementsAre("out.jsonl", "err.jsonl"));
    remove_journals(output_, errors_);
    EXPECT_THAT(names_in(folder_.path()), UnorderedElementsAre("out.jsonl", "err.jsonl"));

    (void)folder_.write("err.jsonl.partial", "");
    remove_journals(output_, errors_);
    EXPECT_THAT(names_in(folder_.path()), UnorderedElementsAre("out.jsonl", "err.jsonl"));
}

TEST(PartialOf, IsBesideTheFile) {
    EXPECT_EQ(partial_of("/data/out.jsonl"), "/data/out.jsonl.partial");
}

}  // namespace
}  // namespace inference
