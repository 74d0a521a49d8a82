/// @file events/channel_address.hpp
/// @brief What `events.channel` of the configuration may say.
#pragma once

#include <tl/expected.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

namespace inference {

/// "none": nothing is published.
struct NoChannel {
    bool operator==(const NoChannel&) const = default;
};

/// "file:DIR": a file for each job, for the processes of one machine.
struct FileAddress {
    std::filesystem::path folder;

    bool operator==(const FileAddress&) const = default;
};

/// "redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]": a stream for each job.
struct RedisAddress {
    std::string host;
    int port = 6379;
    std::string user = {};  ///< Empty: the default one.
    std::string password = {};  ///< Empty: none is sent.
    int database = 0;

    bool operator==(const RedisAddress&) const = default;
};

/// "redis 127.0.0.1:6379", for messages: without a password.
std::string shown_place(const RedisAddress& address);

using ChannelAddress = std::variant<NoChannel, FileAddress, RedisAddress>;

/// Shape:  user and password may be percent-encoded; an IPv6 host stands in brackets.
/// Errors: what is wrong with it, as the end of a sentence that begins with its key. Does not repeat it: it may hold a
///         password.
tl::expected<ChannelAddress, std::string> parse_channel(std::string_view text);

}  // namespace inference
