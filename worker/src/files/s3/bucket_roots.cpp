#include "files/s3/bucket_roots.hpp"

#include "contracts/describe.hpp"
#include "files/file_roots.hpp"
#include "files/s3/object_name.hpp"

#include <algorithm>
#include <utility>

namespace inference {
namespace {

std::string without_end(std::string root) {
    while (root.ends_with('/')) {
        root.pop_back();
    }
    return root;
}

bool is_below(std::string_view url, std::string_view root) {
    return url.size() > root.size() + 1 && url.starts_with(root) && url[root.size()] == '/';
}

}  // namespace

BucketRoots::BucketRoots(
    std::shared_ptr<const S3Client> client, std::vector<std::string> roots, std::string dir
)
    : client_(std::move(client)), roots_(std::move(roots)), dir_(without_end(std::move(dir))) {
    std::ranges::transform(roots_, roots_.begin(), without_end);
}

Result<std::string> BucketRoots::writable(std::string_view url) const {
    if (!parse_object_name(url)) {
        return tl::unexpected(fatal(
            ErrorCode::kValidation,
            "the reference is " + shown(url) +
                "; it takes s3://BUCKET/KEY, a key without '.', '..' or nothing between its slashes"
        ));
    }
    const auto holds = [url](const std::string& root) { return is_below(url, root); };
    if (std::ranges::any_of(roots_, holds) || (has_dir() && holds(dir_))) {
        return std::string(url);
    }
    std::string known = has_dir() ? dir_ : "";
    for (const std::string& root : roots_) {
        known += (known.empty() ? "" : ", ") + root;
    }
    return tl::unexpected(fatal(
        ErrorCode::kValidation,
        std::string(url) + " lies outside of what the workers may touch: " + known +
            "; put it there, or add its bucket to files.roots in the configuration"
    ));
}

Result<std::string> BucketRoots::existing(std::string_view url) const {
    auto name = writable(url);
    if (name && !client_->head(*parse_object_name(url))) {
        return tl::unexpected(fatal(
            ErrorCode::kValidation,
            "there is no object " + *name + "; correct the reference, or upload it first"
        ));
    }
    return name;
}

std::string BucketRoots::job_file(std::string_view job_id, std::string_view file) const {
    // A job's id is any text; what is fit for a folder's name is fit for a key.
    return dir_ + "/" + job_folder_name(job_id) + "/" + std::string(file);
}

}  // namespace inference
