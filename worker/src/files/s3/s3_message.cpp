#include "files/s3/s3_message.hpp"

#include "files/storage_error.hpp"

#include <algorithm>

namespace inference {
namespace {

constexpr std::string_view kPrefix = "x-amz-meta-";

bool is_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

bool is_value(std::string_view value) {
    return !value.empty() && value.front() != ' ' && value.back() != ' ' &&
           value.find("  ") == std::string_view::npos &&
           std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~'; });
}

[[noreturn]] void refuse(
    const ObjectName& object, const std::string& name, const std::string& why
) {
    throw StorageError(
        "cannot write " + object_url(object) + ": its metadata '" + name + "' " + why
    );
}

}  // namespace

std::map<std::string, std::string> metadata_headers(
    const ObjectName& object, const std::map<std::string, std::string>& metadata
) {
    std::map<std::string, std::string> headers;
    std::string before;
    for (const auto& [name, value] : metadata) {
        if (!is_name(name)) {
            refuse(object, name, "has a name of more than a-z, 0-9 and '-'");
        }
        if (!is_value(value)) {
            refuse(
                object, name, "has a value that is empty or not plain ASCII without doubled blanks"
            );
        }
        // libcurl 7.88 sorts whole lines, where the ':' behind a name stands after digits and '-'. Among sorted names those that
        // begin with another follow it at once.
        if (!before.empty() && name.starts_with(before) && name[before.size()] < ':') {
            refuse(
                object,
                name,
                "begins as '" + before + "' and cannot be signed beside it; rename one"
            );
        }
        before = name;
        headers.emplace(std::string(kPrefix) + name, value);
    }
    return headers;
}

S3Request put_request(
    const ObjectName& object,
    std::string_view body,
    const std::map<std::string, std::string>& metadata
) {
    return {
        .method = "PUT",
        .doing = "write",
        .object = object,
        .headers = metadata_headers(object, metadata),
        .body = body,
    };
}

std::map<std::string, std::string> metadata_of(const S3Answer& answer) {
    std::map<std::string, std::string> metadata;
    for (const auto& [name, value] : answer.headers) {
        if (name.starts_with(kPrefix)) {
            metadata.emplace(name.substr(kPrefix.size()), value);
        }
    }
    return metadata;
}

}  // namespace inference
