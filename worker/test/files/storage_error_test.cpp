#include "files/storage_error.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace inference {
namespace {

TEST(StorageError, SaysWhatWasToBeDoneToWhichPathAndWhyTheSystemRefused) {
    EXPECT_STREQ(
        StorageError("write", "/data/out.jsonl", ENOSPC).what(),
        "cannot write /data/out.jsonl: No space left on device"
    );
}

}  // namespace
}  // namespace inference
