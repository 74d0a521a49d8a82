#include "cli/make_stores.hpp"

#include "cli/command_error.hpp"
#include "cli/exit_code.hpp"
#include "files/s3/bucket_roots.hpp"
#include "files/s3/object_storage.hpp"
#include "files/s3/s3_client.hpp"

#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <string>

namespace inference::cli {
namespace {

/// The first that is set; empty: none is.
std::string from_environment(std::initializer_list<const char*> names) {
    for (const char* const name : names) {
        const char* const value = std::getenv(name);
        if (value != nullptr && *value != '\0') {
            return value;
        }
    }
    return {};
}

std::string require(const char* name) {
    std::string value = from_environment({name});
    if (value.empty()) {
        throw CommandError(
            ExitCode::kBadConfiguration,
            std::string("files in the configuration names an object store (s3://), and ") + name +
                " is not set; set it to the store's key"
        );
    }
    return value;
}

S3Options s3_options(const S3Config& config) {
    S3Options options{
        .endpoint = config.endpoint,
        .region = config.region,
        .ca_file = config.ca_file.string(),
        .credentials =
            {.access_key = require("AWS_ACCESS_KEY_ID"),
             .secret_key = require("AWS_SECRET_ACCESS_KEY"),
             .session_token = from_environment({"AWS_SESSION_TOKEN"})}
    };
    if (options.region.empty()) {
        options.region = from_environment({"AWS_REGION", "AWS_DEFAULT_REGION"});
    }
    if (options.region.empty()) {
        options.region = S3Options().region;
    }
    if (options.endpoint.empty()) {
        options.endpoint = from_environment({"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"});
    }
    options.path_style = config.path_style.value_or(!options.endpoint.empty());
    if (options.endpoint.empty()) {
        options.endpoint = "https://s3." + options.region + ".amazonaws.com";
    }
    return options;
}

}  // namespace

std::shared_ptr<const Stores> make_stores(const FilesConfig& files) {
    FileRoots folders(files.roots, files.dir);
    if (!files.has_objects()) {
        return std::make_shared<const Stores>(std::move(folders));
    }
    const auto client = std::make_shared<const S3Client>(s3_options(files.s3));
    return std::make_shared<const Stores>(
        std::move(folders),
        std::make_shared<const BucketRoots>(client, files.bucket_roots, files.bucket_dir),
        std::make_shared<const ObjectStorage>(
            client, std::filesystem::temp_directory_path() / "inference-worker"
        )
    );
}

}  // namespace inference::cli
