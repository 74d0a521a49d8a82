/// @file files/s3/s3_options.hpp
/// @brief Where an object store is, and who we are to it.
#pragma once

#include <chrono>
#include <string>

namespace inference {

struct S3Credentials {
    std::string access_key;
    std::string secret_key;
    std::string session_token;  ///< Empty: the keys are no temporary ones.
};

struct S3Options {
    std::string endpoint;  ///< "http://127.0.0.1:7070", "https://s3.eu-west-1.amazonaws.com"
    std::string region = "us-east-1";
    bool path_style = true;  ///< The bucket is in the path; false: in the host's name.
    std::string ca_file;  ///< Empty: the system's.
    S3Credentials credentials;
    /// How long a request is tried again while the store is down or busy. Zero: it is tried once.
    std::chrono::milliseconds patience{60'000};
};

}  // namespace inference
