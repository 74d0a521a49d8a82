/// @file files/stores.hpp
/// @brief Every file that a client may name, and what keeps it.
#pragma once

#include "contracts/result.hpp"
#include "files/file_roots.hpp"
#include "files/storage.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace inference {

class BucketRoots;

/// Names are what Storage takes. References are what clients see: "file:///a/b.jsonl", "s3://bucket/b.jsonl".
///
/// Threads: any.
class Stores {
public:
    /// This machine's folders alone.
    explicit Stores(FileRoots roots);
    /// Objects as well: those below `buckets`, which `objects` keeps.
    Stores(
        FileRoots roots,
        std::shared_ptr<const BucketRoots> buckets,
        std::shared_ptr<const Storage> objects
    );

    /// The name of a file that is there and can be read.
    ///
    /// Errors: Fatal VALIDATION that names the file and says what to do; Transient STORAGE if nobody can tell.
    [[nodiscard]] Result<std::string> existing(std::string_view ref) const;
    /// The name of a file that is there, or can be made. Errors: as existing().
    [[nodiscard]] Result<std::string> writable(std::string_view ref) const;
    /// The name of a file where a job keeps what nobody named a place for.
    [[nodiscard]] std::string job_file(std::string_view job_id, std::string_view file) const;

    /// The name of the copy of a job's items that the workers cannot read where they are.
    [[nodiscard]] std::string upload_file(std::string_view job_id) const;
    /// Jobs keep what nobody named a place for in a bucket: so workers may be on other machines than this.
    [[nodiscard]] bool has_bucket_dir() const;

    [[nodiscard]] const Storage& of(const std::string& name) const;

private:
    FileRoots roots_;
    std::shared_ptr<const BucketRoots> buckets_;  // Null: there are none.
    std::shared_ptr<const Storage> objects_;
    std::unique_ptr<const Storage> local_;
};

/// "s3://bucket/key".
bool is_object_name(std::string_view name);

/// As clients see the name.
std::string ref_of(const std::string& name);

}  // namespace inference
