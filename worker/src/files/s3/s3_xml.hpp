/// @file files/s3/s3_xml.hpp
/// @brief The XML that an object store speaks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace inference {

/// One page of a bucket's list.
struct S3ListPage {
    struct Entry {
        std::string key;
        std::uint64_t size = 0;

        bool operator==(const Entry&) const = default;
    };

    std::vector<Entry> entries;
    std::string next;  ///< Leads to the next page; empty on the last.

    bool operator==(const S3ListPage&) const = default;
};

/// nullopt for what is no such page.
std::optional<S3ListPage> read_list_page(const std::string& xml);

/// The code of an error, such as "NoSuchKey"; empty for what is none, and for one that is not of letters.
std::string read_error_code(const std::string& xml);

/// The id of an upload that was begun; empty for what has none.
std::string read_upload_id(const std::string& xml);

/// What ends an upload: the entity tags of its parts, in their order.
std::string write_part_list(const std::vector<std::string>& tags);

}  // namespace inference
