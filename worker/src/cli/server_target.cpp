#include "cli/server_target.hpp"

#include <cstddef>

namespace inference::cli {
namespace {

/// Takes the prefix off, if it is there.
bool consume(std::string_view& text, std::string_view prefix) {
    const bool there = text.starts_with(prefix);
    text.remove_prefix(there ? prefix.size() : 0);
    return there;
}

}  // namespace

std::optional<ServerTarget> server_target(std::string_view address) {
    std::string_view port = "7233";
    if (consume(address, "https://")) {
        port = "443";
    } else if (consume(address, "http://")) {
        port = "80";
    }
    address = address.substr(0, address.find('/'));
    const bool bracketed = address.starts_with('[');
    const std::size_t host_end = bracketed ? address.find(']') : address.find(':');
    const std::string_view host =
        bracketed ? address.substr(1, host_end == std::string_view::npos ? 0 : host_end - 1)
                  : address.substr(0, host_end);
    if (host.empty()) {
        return std::nullopt;
    }
    if (const std::size_t colon = address.find(':', bracketed ? host_end : 0);
        colon != std::string_view::npos) {
        port = address.substr(colon + 1);
    }
    return ServerTarget{std::string(host), std::string(port)};
}

}  // namespace inference::cli
