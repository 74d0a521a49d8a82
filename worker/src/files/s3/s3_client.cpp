#include "files/s3/s3_client.hpp"

#include "files/s3/s3_message.hpp"
#include "files/s3/s3_session.hpp"
#include "files/s3/s3_xml.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace inference {
namespace {

/// What an answer may have beyond the bytes that were asked for: the text of an error.
constexpr std::size_t kErrorBytes = std::size_t{1} << 20;

S3Request head_request(const ObjectName& object) {
    return {.method = "HEAD", .doing = "look at", .object = object};
}

std::uint64_t size_of(const S3Answer& answer) {
    const auto found = answer.headers.find("content-length");
    std::uint64_t size = 0;
    if (found != answer.headers.end()) {
        const std::string& text = found->second;
        std::from_chars(text.data(), text.data() + text.size(), size);
    }
    return size;
}

std::string range(std::uint64_t offset, std::size_t count) {
    return "bytes=" + std::to_string(offset) + "-" + std::to_string(offset + (count - 1));
}

}  // namespace

S3Client::S3Client(S3Options options)
    : session_(std::make_shared<const S3Session>(std::move(options))) {}

std::optional<ObjectInfo> S3Client::head(const ObjectName& object) const {
    const S3Answer answer = session_->send(head_request(object), {200, 404});
    if (answer.status == 404) {
        check_bucket(object);
        return std::nullopt;
    }
    return ObjectInfo{.size = size_of(answer), .metadata = metadata_of(answer)};
}

// The answer to a HEAD has no body, so it does not say what is missing.
void S3Client::check_bucket(const ObjectName& object) const {
    const S3Request request = head_request({.bucket = object.bucket, .key = {}});
    // 403: a key may be allowed to read objects and not to look at their bucket.
    S3Answer answer = session_->send(request, {200, 403, 404});
    if (answer.status == 404) {
        answer.body = "<Error><Code>NoSuchBucket</Code></Error>";
        throw session_->failure(head_request(object), answer);
    }
}

void S3Client::read_at(
    const ObjectName& object, std::uint64_t offset, std::size_t count, std::string& out
) const {
    out.clear();
    if (count == 0) {
        return;
    }
    S3Answer answer = session_->send(
        {.method = "GET",
         .doing = "read",
         .object = object,
         .headers = {{"range", range(offset, count)}},
         .max_answer_bytes = count + kErrorBytes},
        {200, 206, 416}
    );
    if (answer.status == 416) {
        return;  // The object ends before it.
    }
    out = std::move(answer.body);
    if (answer.status == 200) {  // All of the object.
        out.erase(0, std::min<std::uint64_t>(offset, out.size()));
    }
    out.resize(std::min(out.size(), count));
}

void S3Client::put(
    const ObjectName& object,
    std::string_view body,
    const std::map<std::string, std::string>& metadata
) const {
    static_cast<void>(session_->send(put_request(object, body, metadata), {200}));
}

bool S3Client::put_if_absent(const ObjectName& object, std::string_view body) const {
    S3Request request = put_request(object, body, {});
    request.headers.emplace("if-none-match", "*");
    request.may_reuse_connection = false;
    const S3Answer answer = session_->send(request, {200, 412});
    if (answer.status == 200) {
        return true;
    }
    if (!answer.may_be_done_before) {
        return false;
    }
    std::string there;
    read_at(object, 0, body.size() + 1, there);
    return there == body;
}

void S3Client::remove(const ObjectName& object) const {
    const S3Request request{.method = "DELETE", .doing = "remove", .object = object};
    const S3Answer answer = session_->send(request, {200, 204, 404});
    if (answer.status == 404 && read_error_code(answer.body) != "NoSuchKey") {
        throw session_->failure(request, answer);
    }
}

void S3Client::list(
    const ObjectName& prefix,
    const std::function<void(const ObjectName& object, std::uint64_t size)>& visit
) const {
    S3Request request{
        .method = "GET",
        .doing = "list",
        .object = {.bucket = prefix.bucket, .key = {}},
        .query = {{"list-type", "2"}, {"prefix", prefix.key}}
    };
    while (true) {
        const S3Answer answer = session_->send(request, {200});
        const auto page = read_list_page(answer.body);
        if (!page) {
            throw StorageError(
                "cannot list " + object_url(prefix) +
                ": the answer is no list; is the endpoint an object store?"
            );
        }
        for (const auto& [key, size] : page->entries) {
            visit({.bucket = prefix.bucket, .key = key}, size);
        }
        if (page->next.empty()) {
            return;
        }
        request.query.insert_or_assign("continuation-token", page->next);
    }
}

}  // namespace inference
