#include "files/s3/segment_log.hpp"

#include "files/s3/random_token.hpp"

#include <array>
#include <cstdio>
#include <utility>

namespace inference {
namespace {

/// More is not kept in memory to be written once more.
constexpr std::size_t kLargestMerge = 4 * 1024 * 1024;

}  // namespace

SegmentLog::SegmentLog(std::shared_ptr<const S3Client> client, ObjectName folder)
    : client_(std::move(client)), folder_(std::move(folder)), writer_(random_token()) {}

ObjectName SegmentLog::next_name() {
    std::array<char, 16> number{};
    std::snprintf(number.data(), number.size(), "%08d", next_++);
    return {
        .bucket = folder_.bucket, .key = folder_.key + number.data() + "-" + writer_ + ".jsonl"
    };
}

void SegmentLog::append(std::string_view line) {
    pending_ += line;
    pending_ += '\n';
}

void SegmentLog::commit() {
    if (pending_.empty()) {
        return;
    }
    ObjectName name = next_name();
    client_->put(name, pending_);
    small_.push_back(std::move(name));
    committed_ += pending_;
    pending_.clear();
    if (committed_.size() >= kLargestMerge) {
        merge();
    }
}

void SegmentLog::finish() {
    commit();
    merge();
}

void SegmentLog::merge() {
    if (small_.size() > 1) {
        client_->put(next_name(), committed_);
        for (const ObjectName& name : small_) {
            client_->remove(name);
        }
    }
    small_.clear();
    committed_.clear();
}

}  // namespace inference
