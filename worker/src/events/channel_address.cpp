#include "events/channel_address.hpp"

#include <charconv>
#include <cstddef>
#include <optional>

namespace inference {
namespace {

constexpr char kTakes[] =
    "it takes file:DIR, redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE] or none";

/// Without the prefix; nullopt if it has none.
std::optional<std::string_view> after(std::string_view text, std::string_view prefix) {
    return text.starts_with(prefix) ? std::optional(text.substr(prefix.size())) : std::nullopt;
}

std::optional<int> number(std::string_view text, int least, int most, int base = 10) {
    int value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value, base);
    const bool is_whole = error == std::errc{} && stop == end && !text.empty();
    return is_whole && value >= least && value <= most ? std::optional(value) : std::nullopt;
}

std::optional<std::string> decoded(std::string_view text) {
    constexpr int kHex = 16;
    constexpr int kMostByte = 255;
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            plain += text[at];
            continue;
        }
        const auto byte = at + 2 < text.size() ? number(text.substr(at + 1, 2), 0, kMostByte, kHex)
                                               : std::nullopt;
        if (!byte) {
            return std::nullopt;
        }
        plain += static_cast<char>(*byte);
        at += 2;
    }
    return plain;
}

using Refused = tl::unexpected<std::string>;

/// "USER:PASSWORD", "USER" alone, or ":PASSWORD".
bool read_login(std::string_view text, RedisAddress& address) {
    const std::size_t colon = text.find(':');
    const auto user = decoded(text.substr(0, colon));
    const auto password =
        decoded(colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1));
    if (!user || !password) {
        return false;
    }
    address.user = *user;
    address.password = *password;
    return true;
}

/// "HOST", "HOST:PORT", "[::1]:PORT".
bool read_host(std::string_view text, RedisAddress& address) {
    constexpr int kMostPort = 65'535;
    std::size_t colon = text.rfind(':');
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) {
            return false;
        }
        address.host = text.substr(1, end - 1);
        colon = end + 1 < text.size() ? end + 1 : std::string_view::npos;
        if (colon != std::string_view::npos && text[colon] != ':') {
            return false;
        }
    } else {
        address.host = text.substr(0, colon);
    }
    if (colon != std::string_view::npos) {
        const auto port = number(text.substr(colon + 1), 1, kMostPort);
        if (!port) {
            return false;
        }
        address.port = *port;
    }
    return !address.host.empty();
}

tl::expected<ChannelAddress, std::string> parse_redis(std::string_view text) {
    constexpr int kMostDatabase = 1'000'000;
    RedisAddress address;
    if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
        if (!read_login(text.substr(0, at), address)) {
            return Refused("has a wrong % in its user or password; write % itself as %25");
        }
        text = text.substr(at + 1);
    }
    if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
        const std::string_view name = text.substr(slash + 1);
        const auto database = name.empty() ? std::optional(0) : number(name, 0, kMostDatabase);
        if (!database) {
            return Refused("ends in no number of a database; redis://HOST:PORT/0 is the first");
        }
        address.database = *database;
        text = text.substr(0, slash);
    }
    if (!read_host(text, address)) {
        return Refused(std::string("has no host and port that can be reached; ") + kTakes);
    }
    return address;
}

}  // namespace

std::string shown_place(const RedisAddress& address) {
    const bool is_v6 = address.host.find(':') != std::string::npos;
    return "redis " + (is_v6 ? "[" + address.host + "]" : address.host) + ":" +
           std::to_string(address.port);
}

tl::expected<ChannelAddress, std::string> parse_channel(std::string_view text) {
    if (text == "none") {
        return NoChannel{};
    }
    if (const auto folder = after(text, "file:"); folder && !folder->empty()) {
        return FileAddress{std::filesystem::path(*folder)};
    }
    if (const auto redis = after(text, "redis://")) {
        return parse_redis(*redis);
    }
    if (after(text, "rediss://")) {
        return Refused(
            "asks for TLS, which is not built in; name a tunnel's address as redis://HOST:PORT"
        );
    }
    return Refused(std::string("is no channel; ") + kTakes);
}

}  // namespace inference
