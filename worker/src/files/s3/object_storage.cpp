#include "files/s3/object_storage.hpp"

#include "contracts/batch_line_id.hpp"
#include "files/file_handle.hpp"
#include "files/journal.hpp"
#include "files/line_reader.hpp"
#include "files/s3/object_source.hpp"
#include "files/s3/random_token.hpp"
#include "files/s3/s3_upload.hpp"
#include "files/s3/segment_log.hpp"
#include "files/scratch_folder.hpp"
#include "files/storage_error.hpp"

#include <fcntl.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <utility>
#include <vector>

namespace inference {
namespace {

namespace fs = std::filesystem;

constexpr const char* kClaim = "batch-claim";
constexpr const char* kSucceeded = "batch-succeeded";
constexpr const char* kFailed = "batch-failed";
constexpr const char* kBytes = "batch-bytes";

/// Names come from BucketRoots, or were made of one that did.
ObjectName object(const std::string& name) {
    auto parsed = parse_object_name(name);
    if (!parsed) {
        throw StorageError(name + " is no name of an object; it takes s3://BUCKET/KEY");
    }
    return *std::move(parsed);
}

ObjectName lock_of(const std::string& output) {
    return object(output + ".lock");
}

/// What lies below it has this key's beginning.
ObjectName folder(const std::string& log, const std::string& part) {
    ObjectName name = object(log + part);
    name.key += "/";
    return name;
}

std::string part_of(std::int64_t chunk) {
    if (chunk == kRefusals) {
        return "refused";
    }
    std::array<char, 24> text{};
    std::snprintf(text.data(), text.size(), "%012lld", static_cast<long long>(chunk));
    return text.data();
}

/// Of a lock: the job that has it, and what makes this claim another than one of the same job before.
struct Claim {
    std::string job_id;
    std::string token;
};

Claim claim_from(const std::string& text) {
    const std::size_t end = text.rfind('\n');
    return end == std::string::npos
               ? Claim{.job_id = text, .token = {}}
               : Claim{.job_id = text.substr(0, end), .token = text.substr(end + 1)};
}

template <class Number>
Number number_in(const std::map<std::string, std::string>& metadata, const char* key) {
    Number value = 0;
    const auto found = metadata.find(key);
    if (found != metadata.end()) {
        std::from_chars(found->second.data(), found->second.data() + found->second.size(), value);
    }
    return value;
}

Error taken(const std::string& output, const std::string& owner) {
    return fatal(
        ErrorCode::kValidation,
        "field 'output_ref' names " + output + ", which batch '" + owner +
            "' is writing; choose another object or, if that batch is over, delete " + output +
            ".lock"
    );
}

void visit_lines(const ByteSource& source, const VisitResult& visit) {
    LineReader reader(source);
    while (const auto line = reader.next()) {
        if (const auto item = item_of_line(line->text)) {
            visit(*item, line->text);
        }
    }
}

}  // namespace

ObjectStorage::ObjectStorage(std::shared_ptr<const S3Client> client, fs::path scratch)
    : client_(std::move(client)), scratch_(std::move(scratch)) {}

std::unique_ptr<const ByteSource> ObjectStorage::open(const std::string& name) const {
    return std::make_unique<ObjectSource>(client_, object(name));
}

void ObjectStorage::replace(
    const std::string& name, const std::function<void(const WriteBytes&)>& fill
) const {
    S3Upload upload(*client_, object(name));
    fill([&upload](std::string_view bytes) { upload.write(bytes); });
    upload.finish();
}

void ObjectStorage::remove(const std::string& name) const {
    client_->remove(object(name));
}

void ObjectStorage::make_folder_of(const std::string& /*name: a key has no folder*/) const {}

std::string ObjectStorage::read(const ObjectName& name) const {
    const ObjectSource source(client_, name);
    std::string text;
    source.read_at(0, source.size(), text);
    return text;
}

Result<void> ObjectStorage::claim(const std::string& output, std::string_view job_id) const {
    const ObjectName lock = lock_of(output);
    if (client_->put_if_absent(lock, std::string(job_id) + "\n" + random_token())) {
        return {};
    }
    const Claim owner = claim_from(read(lock));
    return owner.job_id == job_id ? Result<void>() : tl::unexpected(taken(output, owner.job_id));
}

std::unique_ptr<ResultLog> ObjectStorage::log(const std::string& file, std::int64_t chunk) const {
    return std::make_unique<SegmentLog>(client_, folder(object_log_of(file), part_of(chunk)));
}

std::uint64_t ObjectStorage::log_end(const std::string& /*file: a chunk has a folder*/) const {
    return 0;
}

void ObjectStorage::read_log(
    const std::string& file,
    std::int64_t chunk,
    std::uint64_t /*from: a chunk has a folder*/,
    const VisitResult& visit
) const {
    client_->list(
        folder(object_log_of(file), part_of(chunk)),
        [&](const ObjectName& name, std::uint64_t size) {
            visit_lines(ObjectSource(client_, name, size), visit);
        }
    );
}

std::optional<Assembled> ObjectStorage::assembled_before(const std::string& output) const {
    const auto made = client_->head(object(output));
    if (!made || !made->metadata.contains(kClaim)) {
        return std::nullopt;
    }
    // Without a lock, all was cleared, and only then the answer was lost.
    const ObjectName lock = lock_of(output);
    if (client_->head(lock) && claim_from(read(lock)).token != made->metadata.at(kClaim)) {
        return std::nullopt;
    }
    return Assembled{
        .succeeded = number_in<std::int64_t>(made->metadata, kSucceeded),
        .failed = number_in<std::int64_t>(made->metadata, kFailed),
        .bytes = number_in<std::uint64_t>(made->metadata, kBytes)
    };
}

void ObjectStorage::download_log(const std::string& file, const fs::path& journal) const {
    const FileHandle out(journal, O_WRONLY | O_CREAT | O_TRUNC);
    std::string block;
    const auto download = [&](const ObjectName& name, std::uint64_t size) {
        if (!name.key.ends_with(".jsonl")) {
            return;
        }
        const ObjectSource source(client_, name, size);
        for (std::uint64_t at = 0; at < source.size(); at += block.size()) {
            source.read_at(at, source.block_size(), block);
            if (block.empty()) {
                throw StorageError("cannot read " + object_url(name) + " to its end");
            }
            out.write_all(block);
        }
    };
    ObjectName log = object(object_log_of(file) + "0");
    log.key.pop_back();
    client_->list(log, download);
}

void ObjectStorage::upload(
    const fs::path& file,
    const std::string& name,
    const std::map<std::string, std::string>& metadata
) const {
    const FileHandle source(file, O_RDONLY);
    S3Upload upload(*client_, object(name), metadata);
    std::string block;
    std::uint64_t at = 0;
    do {
        source.read_at(at, source.block_size(), block);
        upload.write(block);
        at += block.size();
    } while (!block.empty());
    upload.finish();
}

Assembled ObjectStorage::assemble(
    const std::string& output, const std::string& errors, std::int64_t items
) const {
    if (const auto before = assembled_before(output)) {
        return *before;
    }
    const ScratchFolder folder(scratch_);
    const fs::path local_output = folder.path() / "output.jsonl";
    const fs::path local_errors = folder.path() / "errors.jsonl";
    download_log(output, partial_of(local_output));
    download_log(errors, partial_of(local_errors));
    const Assembled assembled = inference::assemble(local_output, local_errors, items);
    upload(local_errors, errors, {});
    upload(
        local_output,
        output,
        {{kClaim, claim_from(read(lock_of(output))).token},
         {kSucceeded, std::to_string(assembled.succeeded)},
         {kFailed, std::to_string(assembled.failed)},
         {kBytes, std::to_string(assembled.bytes)}}
    );
    return assembled;
}

void ObjectStorage::clear(const std::string& output, const std::string& errors) const {
    for (const std::string& file : {output, errors}) {
        ObjectName log = object(object_log_of(file) + "0");
        log.key.pop_back();
        std::vector<ObjectName> names;
        client_->list(log, [&names](const ObjectName& name, std::uint64_t) {
            names.push_back(name);
        });
        for (const ObjectName& name : names) {
            client_->remove(name);
        }
    }
    client_->remove(lock_of(output));
}

std::string object_log_of(const std::string& file) {
    return file + ".partial/";
}

}  // namespace inference
