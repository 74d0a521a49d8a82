#include "files/s3/s3_upload.hpp"

#include "files/s3/s3_message.hpp"
#include "files/s3/s3_session.hpp"
#include "files/s3/s3_xml.hpp"

#include <exception>
#include <utility>

namespace inference {

std::size_t part_size(std::size_t part) {
    constexpr std::size_t kFirst = std::size_t{8} << 20;
    constexpr std::size_t kPartsOfOneSize = 1000;
    return kFirst * (1 + part / kPartsOfOneSize);
}

S3Upload::S3Upload(
    const S3Client& client, ObjectName object, std::map<std::string, std::string> metadata
)
    : session_(client.session_),
      object_(std::move(object)),
      headers_(metadata_headers(object_, metadata)) {}

S3Upload::~S3Upload() {
    if (upload_id_.empty()) {
        return;
    }
    try {
        abort();
    } catch (const std::exception&) {
        return;  // The bucket's rule for incomplete uploads is there for it.
    }
}

void S3Upload::write(std::string_view bytes) {
    while (!bytes.empty()) {
        // Not before there is more: what fits into one part needs no parts.
        if (buffer_.size() == part_size(tags_.size())) {
            send_part();
        }
        const std::size_t room = part_size(tags_.size()) - buffer_.size();
        const std::string_view now = bytes.substr(0, room);
        buffer_ += now;
        bytes.remove_prefix(now.size());
    }
}

void S3Upload::finish() {
    if (upload_id_.empty()) {
        S3Request request = put_request(object_, buffer_, {});
        request.headers = headers_;
        static_cast<void>(session_->send(request, {200}));
    } else {
        send_part();
        complete();
    }
    buffer_ = {};
}

// Tried again after an answer that was lost, this leaves an upload behind that nobody knows.
void S3Upload::begin() {
    const S3Request request{
        .method = "POST",
        .doing = "begin to write",
        .object = object_,
        .query = {{"uploads", ""}},
        .headers = headers_
    };
    upload_id_ = read_upload_id(session_->send(request, {200}).body);
    if (upload_id_.empty()) {
        throw StorageError(
            "cannot write " + object_url(object_) +
            ": the answer has no upload's id; is the endpoint an object store?"
        );
    }
}

void S3Upload::send_part() {
    if (upload_id_.empty()) {
        begin();
    }
    const S3Request request{
        .method = "PUT",
        .doing = "write",
        .object = object_,
        .query = {{"partNumber", std::to_string(tags_.size() + 1)}, {"uploadId", upload_id_}},
        .body = buffer_
    };
    const S3Answer answer = session_->send(request, {200});
    const auto tag = answer.headers.find("etag");
    tags_.push_back(tag == answer.headers.end() ? std::string() : tag->second);
    sent_ += buffer_.size();
    buffer_.clear();
}

void S3Upload::complete() {
    const std::string parts = write_part_list(tags_);
    const S3Request request{
        .method = "POST",
        .doing = "finish",
        .object = object_,
        .query = {{"uploadId", upload_id_}},
        .body = parts,
        .may_reuse_connection = false,
        .may_fail_late = true
    };
    const S3Answer answer = session_->send(request, {200, 404});
    const bool was_done = answer.status == 404 && answer.may_be_done_before && is_there();
    if (answer.status == 404 && !was_done) {
        throw session_->failure(request, answer);
    }
    upload_id_.clear();
}

// The upload is gone after a try whose answer was lost: it was finished by that if the object is as we sent it. The tag of one
// that came in parts ends with their number.
bool S3Upload::is_there() const {
    const S3Answer answer =
        session_->send({.method = "HEAD", .doing = "look at", .object = object_}, {200, 404});
    const auto has = [&answer](const char* name, const std::string& end) {
        const auto found = answer.headers.find(name);
        return found != answer.headers.end() && found->second.ends_with(end);
    };
    return answer.status == 200 && answer.headers.contains("content-length") &&
           answer.headers.at("content-length") == std::to_string(sent_) &&
           has("etag", "-" + std::to_string(tags_.size()) + "\"");
}

void S3Upload::abort() const {
    const S3Request request{
        .method = "DELETE",
        .doing = "give up",
        .object = object_,
        .query = {{"uploadId", upload_id_}}
    };
    static_cast<void>(session_->send_once(request, {204, 404}));
}

}  // namespace inference
