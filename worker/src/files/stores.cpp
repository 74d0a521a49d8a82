#include "files/stores.hpp"

#include "files/local_storage.hpp"
#include "files/s3/bucket_roots.hpp"
#include "files/storage_error.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

namespace inference {
namespace {

Error no_object_store(std::string_view ref) {
    return fatal(
        ErrorCode::kValidation,
        std::string(ref) +
            " is an object, and the workers have no object store; add one to 'files' in their "
            "configuration: roots: [s3://BUCKET/PREFIX], s3: {endpoint: URL}"
    );
}

/// Gives what `find` says; a store that does not answer is an error as any other.
template <class Find>
Result<std::string> found(const Find& find) {
    try {
        return find();
    } catch (const StorageError& error) {
        return tl::unexpected(storage_failed(error));
    }
}

Result<std::string> name_of(const Result<std::filesystem::path>& path) {
    return path ? Result<std::string>(path->string()) : tl::unexpected(path.error());
}

}  // namespace

Stores::Stores(FileRoots roots) : Stores(std::move(roots), nullptr, nullptr) {}

Stores::Stores(
    FileRoots roots,
    std::shared_ptr<const BucketRoots> buckets,
    std::shared_ptr<const Storage> objects
)
    : roots_(std::move(roots)),
      buckets_(std::move(buckets)),
      objects_(std::move(objects)),
      local_(std::make_unique<LocalStorage>()) {}

Result<std::string> Stores::existing(std::string_view ref) const {
    if (!is_object_name(ref)) {
        return name_of(roots_.existing(ref));
    }
    if (!buckets_) {
        return tl::unexpected(no_object_store(ref));
    }
    return found([&] { return buckets_->existing(ref); });
}

Result<std::string> Stores::writable(std::string_view ref) const {
    if (!is_object_name(ref)) {
        return name_of(roots_.writable(ref));
    }
    return buckets_ ? buckets_->writable(ref) : tl::unexpected(no_object_store(ref));
}

bool Stores::has_bucket_dir() const {
    return buckets_ && buckets_->has_dir();
}

std::string Stores::upload_file(std::string_view job_id) const {
    // What is fit for a folder's name is fit for a file's.
    return job_file("uploads", job_folder_name(job_id) + ".jsonl");
}

std::string Stores::job_file(std::string_view job_id, std::string_view file) const {
    if (has_bucket_dir()) {
        return buckets_->job_file(job_id, file);
    }
    const std::filesystem::path path = roots_.job_folder(job_id) / file;
    std::error_code error;
    const std::filesystem::path canonical = std::filesystem::weakly_canonical(path, error);
    return (error ? std::filesystem::absolute(path) : canonical).string();
}

const Storage& Stores::of(const std::string& name) const {
    if (!is_object_name(name)) {
        return *local_;
    }
    if (!objects_) {
        throw StorageError(no_object_store(name).message);
    }
    return *objects_;
}

bool is_object_name(std::string_view name) {
    return name.starts_with("s3://");
}

std::string ref_of(const std::string& name) {
    return is_object_name(name) ? name : file_ref(name);
}

}  // namespace inference
