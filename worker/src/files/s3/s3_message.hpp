/// @file files/s3/s3_message.hpp
/// @brief A request to an object store, and its answer.
#pragma once

#include "files/s3/object_name.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace inference {

struct S3Request {
    std::string method;
    std::string doing;  ///< As an error says it: "read".
    ObjectName object;  ///< Without a key: the bucket.
    std::map<std::string, std::string> query = {};  ///< Sorted by name, as the signature wants it.
    std::map<std::string, std::string> headers = {};  ///< Names in lower case.
    std::string_view body = {};  ///< Lifetime: outlives the request.
    std::size_t max_answer_bytes = std::size_t{16} << 20;
    /// It may go out on a connection that was used before. Not where it must be known how often it went out: libcurl sends
    /// it again by itself where such a connection turns out dead.
    bool may_reuse_connection = true;
    bool may_fail_late = false;  ///< The status may be 200 and the body an error.
};

struct S3Answer {
    int status = 0;
    std::map<std::string, std::string> headers;  ///< Names in lower case.
    std::string body;
    bool may_be_done_before = false;  ///< By an earlier try whose answer was lost.
};

/// Range: names of metadata are of lower-case letters, digits and '-', and none is another one with a digit or '-' and more
///        behind it; values are of printable ASCII, not empty, without blanks at an end or two in a row. All else would be
///        signed wrongly by libcurl 7.88.
/// Errors: StorageError that names the metadata.
S3Request put_request(
    const ObjectName& object,
    std::string_view body,
    const std::map<std::string, std::string>& metadata
);

/// Metadata as headers. Range and errors: as above.
std::map<std::string, std::string> metadata_headers(
    const ObjectName& object, const std::map<std::string, std::string>& metadata
);

/// The metadata among the headers of an answer.
std::map<std::string, std::string> metadata_of(const S3Answer& answer);

}  // namespace inference
