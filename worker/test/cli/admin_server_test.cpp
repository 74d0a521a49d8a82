#include "cli/admin_server.hpp"

#include "cli/fetch_page.hpp"
#include "cli/server_target.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <system_error>

namespace inference::cli {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

AdminPages pages() {
    return {
        {"/metrics", [] { return AdminPage{.body = "up 1\n"}; }},
        {"/readyz", [] { return AdminPage{.status = 503, .body = "not polling\n"}; }},
        {"/broken", []() -> AdminPage { throw std::runtime_error("no answer"); }},
    };
}

/// All that the server says until it closes.
std::string talk(const AdminServer& server, const std::string& request) {
    asio::io_context io;
    tcp::socket socket(io);
    const auto port = std::stoi(server_target(server.address())->port);
    socket.connect({asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)});
    asio::write(socket, asio::buffer(request));
    std::string answer;
    boost::system::error_code end;
    asio::read(socket, asio::dynamic_buffer(answer), end);
    return answer;
}

std::string get(const AdminServer& server, const std::string& target) {
    return talk(server, "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
}

TEST(AdminServer, ServesItsPagesAndClosesTheConnection) {
    const AdminServer server("127.0.0.1:0", pages());
    EXPECT_THAT(get(server, "/metrics"), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(get(server, "/metrics?x=1"), EndsWith("\r\n\r\nup 1\n"));
    EXPECT_THAT(get(server, "/readyz"), StartsWith("HTTP/1.1 503"));
    EXPECT_THAT(get(server, "/"), StartsWith("HTTP/1.1 404"));
}

TEST(AdminServer, AHeadHasNoBodyAndOtherMethodsAreRefused) {
    const AdminServer server("127.0.0.1:0", pages());
    const std::string head = talk(server, "HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(head, StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(head, EndsWith("\r\n\r\n"));
    EXPECT_THAT(
        talk(server, "DELETE /metrics HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 405")
    );
}

TEST(AdminServer, APageThatFailsSaysWhyAndTheServerGoesOn) {
    const AdminServer server("127.0.0.1:0", pages());
    const std::string broken = get(server, "/broken");
    EXPECT_THAT(broken, StartsWith("HTTP/1.1 503"));
    EXPECT_THAT(broken, HasSubstr("no answer"));
    EXPECT_THAT(get(server, "/metrics"), StartsWith("HTTP/1.1 200"));
}

TEST(AdminServer, NonsenseOnALineDoesNotStopIt) {
    const AdminServer server("127.0.0.1:0", pages());
    talk(server, "\x16\x03\x01 nonsense\r\n\r\n");
    talk(server, "POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
    EXPECT_THAT(get(server, "/metrics"), StartsWith("HTTP/1.1 200"));
}

TEST(AdminServer, AnAddressThatIsTakenIsNamed) {
    const AdminServer first("127.0.0.1:0", pages());
    try {
        const AdminServer second(first.address(), pages());
        FAIL() << "two servers listen on one address";
    } catch (const std::system_error& error) {
        EXPECT_THAT(error.what(), HasSubstr(first.address()));
        EXPECT_THAT(error.what(), HasSubstr("admin.listen"));
    }
}

TEST(CoreMetrics, AreFetchedFromTheirOwnAddress) {
    const AdminServer exporter("127.0.0.1:0", pages());
    EXPECT_EQ(fetch_page(exporter.address(), "/metrics"), "up 1\n");
}

TEST(CoreMetrics, AnExporterThatIsGoneIsAnError) {
    std::string address;
    {
        const AdminServer exporter("127.0.0.1:0", pages());
        address = exporter.address();
    }
    EXPECT_THROW(static_cast<void>(fetch_page(address, "/metrics")), std::runtime_error);
}

}  // namespace
}  // namespace inference::cli
