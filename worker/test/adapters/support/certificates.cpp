#include "support/certificates.hpp"

#include <stdlib.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace inference::testing {
namespace {

void run(const std::string& command) {
    // The command and its words are this file's own.
    if (std::system((command + " >/dev/null 2>&1").c_str()) != 0) {  // NOLINT(cert-env33-c)
        throw std::runtime_error("failed: " + command);
    }
}

std::filesystem::path new_folder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "inference-tls-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
        throw std::runtime_error("cannot make a folder like " + pattern);
    }
    return pattern;
}

constexpr const char* kRequest =
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 ";

}  // namespace

Certificates::Certificates() : folder_(new_folder()) {
    make_authority("ca");
    make_authority("other_ca");
    make_signed("server", "DNS:engine.test,IP:127.0.0.1");
    make_signed("client", "DNS:worker.test");
}

Certificates::~Certificates() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

std::string Certificates::text(const std::string& name) const {
    std::ifstream stream(file(name));
    if (!stream) {
        throw std::runtime_error("cannot read " + file(name).string());
    }
    return {std::istreambuf_iterator<char>(stream), {}};
}

void Certificates::make_authority(const std::string& name) const {
    run(kRequest + ("-subj /CN=" + name) + " -keyout " + file(name + ".key").string() + " -out " +
        file(name + ".pem").string());
}

void Certificates::make_signed(const std::string& name, const std::string& subject_names) const {
    run(kRequest + ("-subj /CN=" + name) + " -CA " + file("ca.pem").string() + " -CAkey " +
        file("ca.key").string() +
        " -addext basicConstraints=critical,CA:FALSE -addext subjectAltName=" + subject_names +
        " -keyout " + file(name + ".key").string() + " -out " + file(name + ".pem").string());
}

}  // namespace inference::testing
