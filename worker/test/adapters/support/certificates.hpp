/// @file support/certificates.hpp
/// @brief Certificates for TLS tests, made by the openssl program in a folder of their own.
#pragma once

#include <filesystem>
#include <string>

namespace inference::testing {

/// Files: ca.pem, other_ca.pem; NAME.pem and NAME.key for `server` (engine.test and 127.0.0.1) and `client`, both signed by ca.
class Certificates {
public:
    /// Errors: throws where openssl fails.
    Certificates();
    Certificates(const Certificates&) = delete;
    Certificates& operator=(const Certificates&) = delete;
    ~Certificates();

    std::filesystem::path file(const std::string& name) const { return folder_ / name; }
    /// Errors: throws where it cannot be read.
    std::string text(const std::string& name) const;

private:
    void make_authority(const std::string& name) const;
    void make_signed(const std::string& name, const std::string& subject_names) const;

    std::filesystem::path folder_;
};

}  // namespace inference::testing
