#include "files/s3/s3_server.hpp"

#include "cli/free_port.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

namespace inference::testing {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

constexpr auto kReadyWithin = 30s;
/// Between two looks at a process that has no way to tell us.
constexpr auto kPause = 10ms;

const std::string kAccessKey = "test-access";
const std::string kSecretKey = "test/secret+key=";

std::string text_of(const std::string& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

S3Server::S3Server(std::uint16_t port, const std::vector<std::string>& flags)
    : log_file_(temporal::test::new_file("s3-server")) {
    for (const char* name : {"buckets/data", "metadata"}) {
        fs::create_directories(folder_.path() / name);
    }
    std::vector<std::string> words{"versitygw", "--quiet", "--keep-alive"};
    words.insert(words.end(), {"--port", "127.0.0.1:" + std::to_string(port)});
    words.insert(words.end(), {"--access", kAccessKey, "--secret", kSecretKey});
    words.insert(words.end(), flags.begin(), flags.end());
    // Metadata in files: not every file system that has a temporary folder has extended attributes.
    words.insert(words.end(), {"posix", "--sidecar", folder_.path() / "metadata"});
    words.push_back(folder_.path() / "buckets");
    process_ = std::make_unique<temporal::test::ChildProcess>(words, log_file_);
    wait_until_ready(port);
}

S3Server::~S3Server() {
    process_.reset();
    fs::remove(log_file_);
}

void S3Server::add_bucket(const std::string& name) const {
    fs::create_directory(folder_.path() / "buckets" / name);
}

std::uint64_t S3Server::bytes_of(const std::string& bucket) const {
    std::uint64_t bytes = 0;
    for (const auto& entry :
         fs::recursive_directory_iterator(folder_.path() / "buckets" / bucket)) {
        bytes += entry.is_regular_file() ? entry.file_size() : 0;
    }
    return bytes;
}

void S3Server::wait_until_ready(std::uint16_t port) {
    const auto deadline = Clock::now() + kReadyWithin;
    while (cli::is_free(port)) {
        if (process_->has_died() || Clock::now() > deadline) {
            process_.reset();
            throw std::runtime_error(
                "versitygw does not come up; tools/setup s3 installs it. Its log:\n" +
                text_of(log_file_)
            );
        }
        std::this_thread::sleep_for(kPause);
    }
}

S3Options options_for(const std::string& endpoint, std::chrono::milliseconds patience) {
    S3Options options{.endpoint = endpoint, .patience = patience};
    options.credentials = {.access_key = kAccessKey, .secret_key = kSecretKey, .session_token = {}};
    return options;
}

}  // namespace inference::testing
