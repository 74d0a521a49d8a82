/// @file support/dev_server.hpp
/// @brief A Temporal server of one's own for the length of a test program.
#pragma once

#include "support/child_process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace temporal::test {

struct DevServerOptions {
    std::string db_file = {};  ///< Empty: workflows last as long as the server.
    std::vector<std::string> search_attributes = {};  ///< "Name=Type"
    /// "key=json value", beside those for a quick hand-over of tasks.
    std::vector<std::string> dynamic_config = {};
};

/// `temporal server start-dev` on a free port of 127.0.0.1.
///
/// The program is $TEMPORAL_CLI, else the one in the cache folder, else the first on the PATH. The
/// server dies with the process that started it, however that ends.
/// Errors: std::runtime_error with the end of the server's log.
class DevServer {
public:
    using Options = DevServerOptions;

    /// Starts a server and waits until its namespace `default` is served.
    explicit DevServer(Options options = {});
    ~DevServer();
    DevServer(const DevServer&) = delete;
    DevServer& operator=(const DevServer&) = delete;

    /// HOST:PORT
    [[nodiscard]] std::string address() const;

    /// Kills it at once, as a power cut would.
    void kill();
    /// Starts it again on the same port and, where there is one, the same file.
    void restart();

private:
    void start();
    void wait_until_ready();
    [[nodiscard]] std::string log_tail() const;

    Options options_;
    std::string log_file_;
    std::uint16_t port_;
    std::unique_ptr<ChildProcess> process_;
};

/// One server for a whole test program:
/// @code
///   DevServerEnvironment& the_environment = DevServerEnvironment::add();   // before main
/// @endcode
class DevServerEnvironment : public testing::Environment {
public:
    static DevServerEnvironment& add(DevServer::Options options = {});

    void SetUp() override;
    void TearDown() override;

    [[nodiscard]] DevServer& server() { return *server_; }

private:
    explicit DevServerEnvironment(DevServer::Options options) : options_(std::move(options)) {}

    DevServer::Options options_;
    std::unique_ptr<DevServer> server_;
};

}  // namespace temporal::test
