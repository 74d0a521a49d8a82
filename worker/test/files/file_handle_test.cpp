#include "files/file_handle.hpp"

#include "cli/temp_folder.hpp"
#include "files/file_text.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>

#include <string>

namespace inference {
namespace {

using cli::testing::TempFolder;
using cli::testing::thrown_by;
using testing::text_of;

TEST(FileHandle, ReadsSoManyBytesFromAnyPlaceAndFewerAtTheEnd) {
    const TempFolder folder;
    const FileHandle file(folder.write("f", "abcdef"), O_RDONLY);
    std::string read = "what was there before";

    file.read_at(2, 3, read);
    EXPECT_EQ(read, "cde");
    file.read_at(4, 10, read);
    EXPECT_EQ(read, "ef");
    file.read_at(6, 1, read);
    EXPECT_EQ(read, "");
    EXPECT_EQ(file.size(), 6U);
}

TEST(FileHandle, WritesAll) {
    const TempFolder folder;
    const std::string large(5'000'000, 'x');
    {
        const FileHandle file(folder.path() / "f", O_WRONLY | O_CREAT);
        file.write_all(large);
        file.write_all("");
        file.sync();
    }
    EXPECT_TRUE(text_of(folder.path() / "f") == large);
}

TEST(FileHandle, IsNotInheritedByAChildProcess) {
    const TempFolder folder;
    const FileHandle file(folder.write("f", ""), O_RDONLY);
    EXPECT_NE(fcntl(file.descriptor(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(FileHandle, ErrorsNameThePathWhatWasToBeDoneAndTheReason) {
    const TempFolder folder;
    const std::string path = (folder.path() / "f").string();

    const auto open = [&] { const FileHandle file(path, O_RDONLY); };
    EXPECT_EQ(
        thrown_by<StorageError>(open).what(), "cannot open " + path + ": No such file or directory"
    );

    folder.write("f", "");
    const FileHandle read_only(path, O_RDONLY);
    EXPECT_EQ(
        thrown_by<StorageError>([&] { read_only.write_all("x"); }).what(),
        "cannot write " + path + ": Bad file descriptor"
    );

    const FileHandle write_only(path, O_WRONLY);
    std::string out;
    EXPECT_EQ(
        thrown_by<StorageError>([&] { write_only.read_at(0, 1, out); }).what(),
        "cannot read " + path + ": Bad file descriptor"
    );
}

TEST(SyncFolder, TakesAFolderAndForNoNameTheCurrentOne) {
    const TempFolder folder;
    EXPECT_NO_THROW(sync_folder(folder.path()));
    EXPECT_NO_THROW(sync_folder(""));
    EXPECT_THROW(sync_folder(folder.path() / "absent"), StorageError);
    EXPECT_THROW(sync_folder(folder.write("f", "")), StorageError);
}

}  // namespace
}  // namespace inference
