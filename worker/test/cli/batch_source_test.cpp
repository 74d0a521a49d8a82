#include "cli/batch_source.hpp"

#include "cli/command_error.hpp"
#include "cli/temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace inference::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::TempFolder;
using testing::thrown_by;

constexpr char kLines[] =
    "{\"custom_id\":\"a\",\"input\":{\"prompt\":\"x\"}}\n\n"
    "{\"custom_id\":\"b\",\"input\":{\"prompt\":\"y\"}}";

/// The workers' folders and a batch outside of them.
class BatchSourceTest : public ::testing::Test {
protected:
    BatchSourceTest() { fs::create_directories(files.roots.front()); }

    BatchRequest given(const fs::path& file, const std::string& job_id = "b1") const {
        BatchRequest request;
        give_items(file.string(), job_id, files, stores(), request);
        return request;
    }
    [[nodiscard]] Stores stores() const { return Stores(FileRoots(files.roots, files.dir)); }
    /// No folder can be made where a file is.
    void block_uploads() const { folder.write("data", "a file"); }

    TempFolder folder;
    fs::path base = fs::canonical(folder.path());
    FilesConfig files{.roots = {base / "root"}, .dir = base / "data"};
};

std::string refusal(const std::string& file) {
    const auto error =
        thrown_by<CommandError>([&] { check_batch_file(file, Stores(FileRoots({}, "")), {}); });
    EXPECT_EQ(error.code(), ExitCode::kUsage);
    return error.what();
}

TEST_F(BatchSourceTest, AFileIsCheckedToItsLastLineAlsoWithoutANewline) {
    const fs::path file = folder.write("in.jsonl", kLines);
    const BatchCheck check = check_batch_file(file.string(), stores(), {.model = "m"});
    EXPECT_EQ(check.items(), 2);
    EXPECT_EQ(check.invalid(), 0);
}

TEST_F(BatchSourceTest, BlankLinesAreNoItemsButCountAsLines) {
    const fs::path file = folder.write("in.jsonl", "\xEF\xBB\xBF\n \r\n7\n");
    const BatchCheck check = check_batch_file(file.string(), stores(), {});
    EXPECT_EQ(check.items(), 1);
    EXPECT_THAT(problems_text(check, "f"), HasSubstr("f:3: the line is a number"));
}

TEST_F(BatchSourceTest, AFileWithoutItemsOrOneThatCannotBeReadIsAUsageErrorThatNamesIt) {
    EXPECT_THAT(refusal(folder.write("in.jsonl", "")), HasSubstr("in.jsonl' is empty"));
    EXPECT_THAT(refusal(folder.write("in.jsonl", "\n \n")), HasSubstr("in.jsonl' is empty"));
    EXPECT_THAT(refusal(base / "none"), HasSubstr("none: No such file"));
    EXPECT_THAT(refusal(base), HasSubstr("it is a folder"));
    EXPECT_THAT(refusal("/dev/null"), HasSubstr("no plain file"));
    EXPECT_THAT(refusal("-"), HasSubstr("batch takes a file"));
}

TEST_F(BatchSourceTest, AFileBelowARootIsReadByTheWorkerItself) {
    const fs::path file = folder.write("root/deep/in.jsonl", kLines);
    const BatchRequest request = given(file);
    EXPECT_EQ(request.items_ref, file_ref(fs::canonical(file)));
    EXPECT_TRUE(request.items.is_null());
    EXPECT_FALSE(fs::exists(files.dir));
}

TEST_F(BatchSourceTest, AFileElsewhereIsCopiedToTheWorkersFolderUnderTheJobsName) {
    const BatchRequest request = given(folder.write("in.jsonl", kLines));
    const fs::path copy = files.dir / "uploads" / "b1.jsonl";
    EXPECT_EQ(request.items_ref, file_ref(copy));
    EXPECT_EQ(fs::file_size(copy), std::string(kLines).size());
    EXPECT_FALSE(fs::exists(copy.string() + ".tmp"));
}

TEST_F(BatchSourceTest, AnIdThatIsNoFileNameCannotLeaveTheFolder) {
    given(folder.write("in.jsonl", kLines), "../../evil");
    EXPECT_EQ(std::distance(fs::directory_iterator(files.dir / "uploads"), {}), 1);
    EXPECT_FALSE(fs::exists(base / "evil.jsonl"));
}

TEST_F(BatchSourceTest, WhereNoCopyCanBeMadeTheLinesTravelInTheRequest) {
    block_uploads();
    const BatchRequest request = given(folder.write("in.jsonl", std::string(kLines) + "\nbad"));
    EXPECT_EQ(request.items_ref, std::nullopt);
    ASSERT_EQ(request.items.size(), 3);
    EXPECT_EQ(request.items[1].at("custom_id"), "b");
    EXPECT_TRUE(request.items[2].is_string());
}

TEST_F(BatchSourceTest, AFileTooLargeForTheRequestIsRefusedWithTheFoldersThatWorkersRead) {
    block_uploads();
    const fs::path file = folder.write("in.jsonl", std::string((1 << 20) + 1, 'x'));
    const auto error = thrown_by<CommandError>([&] { given(file); });
    EXPECT_EQ(error.code(), ExitCode::kUsage);
    EXPECT_THAT(error.what(), HasSubstr((base / "root").string()));
    EXPECT_THAT(error.what(), HasSubstr("files.roots"));
}

TEST_F(BatchSourceTest, LinesOfNoFileGoToTheWorkersFolderOrElseTravelInTheRequest) {
    const auto fill = [](const WriteBytes& write) {
        write("{\"custom_id\":\"a\"}\n");
        write("{\"custom_id\":\"b\"}\n");
    };
    BatchRequest request;
    give_lines(fill, "b1", stores(), request);
    EXPECT_EQ(request.items_ref, file_ref(files.dir / "uploads" / "b1.jsonl"));
    EXPECT_EQ(fs::file_size(files.dir / "uploads" / "b1.jsonl"), 36U);

    fs::remove_all(files.dir);
    block_uploads();
    BatchRequest inlined;
    give_lines(fill, "b1", stores(), inlined);
    EXPECT_EQ(inlined.items_ref, std::nullopt);
    ASSERT_EQ(inlined.items.size(), 2);
    EXPECT_EQ(inlined.items[1].at("custom_id"), "b");

    const auto too_many = [](const WriteBytes& write) { write(std::string((1 << 20) + 1, 'x')); };
    const auto error =
        thrown_by<CommandError>([&] { give_lines(too_many, "b1", stores(), request); });
    EXPECT_EQ(error.code(), ExitCode::kUsage);
    EXPECT_THAT(error.what(), HasSubstr("files.dir"));
}

}  // namespace
}  // namespace inference::cli
