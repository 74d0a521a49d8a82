/// @file files/s3/s3_client.hpp
/// @brief Objects of an S3 store.
#pragma once

#include "files/s3/object_name.hpp"
#include "files/s3/s3_options.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace inference {

class S3Session;

struct ObjectInfo {
    std::uint64_t size = 0;
    std::map<std::string, std::string> metadata;  ///< x-amz-meta-*, names in lower case.
};

/// A request is tried again while the store is away or busy, for as long as the options' patience lasts.
///
/// Threads: any; each call blocks.
/// Errors:  StorageError that names the URL, what was to be done, the store's status and code, and the next step; the
///          constructor's names the endpoint if it is none. A missing bucket is an error of every call.
class S3Client {
public:
    explicit S3Client(S3Options options);

    /// nullopt: it is not there.
    [[nodiscard]] std::optional<ObjectInfo> head(const ObjectName& object) const;

    /// So many bytes from there; fewer at the object's end. An object that is not there is an error.
    void read_at(
        const ObjectName& object, std::uint64_t offset, std::size_t count, std::string& out
    ) const;

    /// What was there is replaced.
    ///
    /// Range: at most 5 GiB, as S3 has it; names of metadata are of a-z, 0-9 and '-', values of printable ASCII. See
    ///        files/s3/s3_message.hpp for the few pairs that cannot be signed; they are errors, too.
    void put(
        const ObjectName& object,
        std::string_view body,
        const std::map<std::string, std::string>& metadata = {}
    ) const;

    /// False: another one was there already. If the store's answer was lost and an object is there with the very same bytes,
    /// it is taken for ours: writers that compete must not write the same.
    [[nodiscard]] bool put_if_absent(const ObjectName& object, std::string_view body) const;

    /// One that is not there is fine.
    void remove(const ObjectName& object) const;

    /// All objects whose keys begin with the prefix's, in the order of the keys, however many there are.
    ///
    /// Errors: also what `visit` throws.
    void list(
        const ObjectName& prefix,
        const std::function<void(const ObjectName& object, std::uint64_t size)>& visit
    ) const;

private:
    friend class S3Upload;

    void check_bucket(const ObjectName& object) const;

    std::shared_ptr<const S3Session> session_;
};

}  // namespace inference
