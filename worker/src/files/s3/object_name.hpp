/// @file files/s3/object_name.hpp
/// @brief The name of an object in an object store.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace inference {

/// An object of a bucket: "s3://bucket/a/b.jsonl".
struct ObjectName {
    std::string bucket;
    std::string key;

    bool operator==(const ObjectName&) const = default;
};

/// Nothing in it is encoded, as is the custom with such URLs: a '%' or '?' is part of the key.
///
/// Returns: nullopt for what is no such URL: another scheme; a bucket that is not of letters, digits, '.', '-' and '_' with a
///          letter or digit first; a key with control characters, or with a segment that is empty, "." or "..".
std::optional<ObjectName> parse_object_name(std::string_view url);

/// The inverse of parse_object_name; for a bucket as a whole, whose key is empty, "s3://bucket/".
std::string object_url(const ObjectName& object);

}  // namespace inference
