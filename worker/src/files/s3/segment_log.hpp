/// @file files/s3/segment_log.hpp
/// @brief A log in a store that has no appending: each commit is an object of its own.
#pragma once

#include "files/result_log.hpp"
#include "files/s3/object_name.hpp"
#include "files/s3/s3_client.hpp"

#include <memory>
#include <string>
#include <vector>

namespace inference {

/// What many small commits wrote is put together from time to time: first as one object more, then the small ones go. So every
/// line is there at any time, and may be there twice.
class SegmentLog final : public ResultLog {
public:
    /// @param folder Its key ends with "/"; the objects of all writers of this log lie below it.
    SegmentLog(std::shared_ptr<const S3Client> client, ObjectName folder);

    void append(std::string_view line) override;
    void commit() override;
    void finish() override;

private:
    [[nodiscard]] ObjectName next_name();
    void merge();

    std::shared_ptr<const S3Client> client_;
    ObjectName folder_;
    std::string writer_;  // In the names: another worker may write this log at the same time.
    int next_ = 0;
    std::string pending_;
    std::string committed_;  // What the small objects hold together.
    std::vector<ObjectName> small_;
};

}  // namespace inference
