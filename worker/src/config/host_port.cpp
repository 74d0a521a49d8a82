#include "config/host_port.hpp"

#include <charconv>
#include <string_view>
#include <system_error>

namespace inference {
namespace {

bool is_port(std::string_view text, int least) noexcept {
    int port = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() && port >= least &&
           port <= 65535;
}

bool is_host(std::string_view text) noexcept {
    constexpr std::string_view kNameLetters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
    constexpr std::string_view kAddressLetters = "0123456789abcdefABCDEF:.%";
    if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
        return text.substr(1, text.size() - 2).find_first_not_of(kAddressLetters) ==
               std::string_view::npos;
    }
    return !text.empty() && text.find_first_not_of(kNameLetters) == std::string_view::npos;
}

}  // namespace

bool is_host_port(std::string_view text, int least_port) noexcept {
    const auto colon = text.rfind(':');
    return colon != std::string_view::npos && is_host(text.substr(0, colon)) &&
           is_port(text.substr(colon + 1), least_port);
}

}  // namespace inference
