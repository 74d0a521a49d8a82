#include "cli/tcp_probe.hpp"

#include "cli/admin_server.hpp"
#include "cli/free_port.hpp"
#include "cli/server_target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <system_error>

namespace inference::cli {
namespace {

using namespace std::chrono_literals;
using testing::Contains;

TEST(TcpProbe, AnAddressIsItsOwnName) {
    EXPECT_THAT(resolve("127.0.0.1"), Contains("127.0.0.1"));
    EXPECT_THROW(static_cast<void>(resolve("no such host")), std::system_error);
}

TEST(TcpProbe, SaysWhichAddressTookTheConnection) {
    const AdminServer server("127.0.0.1:0", {});
    const std::string port = server_target(server.address())->port;
    EXPECT_EQ(probe({"127.0.0.1"}, port, 5s), "127.0.0.1");
}

TEST(TcpProbe, SaysWhyNoneDid) {
    const std::string port = std::to_string(free_port(0));
    try {
        probe({"127.0.0.1"}, port, 5s);
        FAIL() << "something listens on a free port";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::connection_refused);
    }
    EXPECT_THROW(probe({"127.0.0.1"}, "http", 5s), std::system_error);
}

TEST(FreePort, TheWantedOneIsTakenWhereItIsFree) {
    const std::uint16_t port = free_port(0);
    EXPECT_TRUE(is_free(port));
    EXPECT_EQ(free_port(port), port);
}

TEST(FreePort, ATakenOneIsReplacedByAnother) {
    const AdminServer server("127.0.0.1:0", {});
    const auto taken = static_cast<std::uint16_t>(std::stoi(server_target(server.address())->port));
    EXPECT_FALSE(is_free(taken));
    EXPECT_NE(free_port(taken), taken);
}

}  // namespace
}  // namespace inference::cli
