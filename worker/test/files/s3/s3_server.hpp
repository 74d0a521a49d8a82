/// @file files/s3/s3_server.hpp
/// @brief A real object store of one's own.
#pragma once

#include "cli/temp_folder.hpp"
#include "files/s3/s3_options.hpp"
#include "support/child_process.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace inference::testing {

/// versitygw, as tools/setup installs it, on 127.0.0.1 and over a folder of its own. It is gone with the process that made it.
///
/// Errors: std::runtime_error with its log where it does not come up.
class S3Server {
public:
    /// With one bucket from the beginning, `data`.
    /// @param flags More flags of versitygw.
    explicit S3Server(std::uint16_t port, const std::vector<std::string>& flags = {});
    S3Server(const S3Server&) = delete;
    S3Server& operator=(const S3Server&) = delete;
    ~S3Server();

    /// Makes a bucket.
    void add_bucket(const std::string& name) const;
    /// What is stored for a bucket in all, also what no client sees.
    [[nodiscard]] std::uint64_t bytes_of(const std::string& bucket) const;

private:
    void wait_until_ready(std::uint16_t port);

    cli::testing::TempFolder folder_;
    std::string log_file_;
    std::unique_ptr<temporal::test::ChildProcess> process_;
};

/// The account that such a server knows, at the endpoint.
S3Options options_for(const std::string& endpoint, std::chrono::milliseconds patience);

}  // namespace inference::testing
