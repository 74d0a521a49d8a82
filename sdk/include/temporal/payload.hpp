/// @file temporal/payload.hpp
/// @brief One encoded value as Temporal stores it: bytes and how to read them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace temporal {

/// Bytes with metadata; `metadata["encoding"]` says how to read `data`.
struct Payload {
    std::map<std::string, std::string> metadata;
    std::string data;

    /// The encoding's name, or "" where none is given.
    [[nodiscard]] std::string_view encoding() const;

    friend bool operator==(const Payload&, const Payload&) = default;
};

using Payloads = std::vector<Payload>;
using PayloadMap = std::map<std::string, Payload>;

/// Encodings that every Temporal SDK understands.
namespace encoding {
inline constexpr std::string_view kNull = "binary/null";
inline constexpr std::string_view kBinary = "binary/plain";
inline constexpr std::string_view kJson = "json/plain";
}  // namespace encoding

}  // namespace temporal
