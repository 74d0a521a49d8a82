/// @file cli/admin_server.hpp
/// @brief The few pages by which a supervisor watches a worker.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace inference::cli {

struct AdminPage {
    int status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
};

/// Pages by path.
using AdminPages = std::map<std::string, std::function<AdminPage()>, std::less<>>;

/// Serves GET and HEAD of the pages over HTTP/1.1, one request a connection; anything else is 404 or 405.
///
/// Threads: one of its own, on which the pages are made one after another.
/// Errors:  the constructor throws std::system_error where the address is taken or cannot be listened on.
/// Destroy: drops the connections that are open.
class AdminServer {
public:
    /// @param listen "host:port"; port 0 takes a free one.
    AdminServer(const std::string& listen, AdminPages pages);
    ~AdminServer();
    AdminServer(const AdminServer&) = delete;
    AdminServer& operator=(const AdminServer&) = delete;

    /// Where it listens, with the real port: "127.0.0.1:9464".
    [[nodiscard]] const std::string& address() const noexcept;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace inference::cli
