#include "temporal/converter.hpp"

#include <cstring>

namespace temporal {
namespace {

/// What other SDKs write for protobuf messages: JSON as well, so a JSON reader may read it.
constexpr std::string_view kJsonProtobuf = "json/protobuf";

Payload encoded(std::string_view encoding, std::string data) {
    return {.metadata = {{"encoding", std::string(encoding)}}, .data = std::move(data)};
}

std::string name_of_encoding(const Payload& payload) {
    const std::string_view name = payload.encoding();
    return name.empty() ? "no encoding" : "encoding " + std::string(name);
}

/// Whoever copies or writes JSON needs stack for each level of it, so 100 kB of brackets could end a process.
constexpr int kDeepestJson = 500;

bool is_nested_too_deep(std::string_view json) {
    int depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (in_string) {
            i += c == '\\' ? 1 : 0;
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > kDeepestJson) {
                return true;
            }
        } else if (c == ']' || c == '}') {
            --depth;
        }
    }
    return false;
}

}  // namespace

namespace detail {

Payload json_payload(const nlohmann::json& value) {
    try {
        return encoded(encoding::kJson, value.dump());
    } catch (const nlohmann::json::exception& error) {
        // dump() quotes the offending bytes of a string that is not UTF-8: of its message only the
        // number is passed on.
        throw ConversionError(
            "cannot write the value as json/plain (error " + std::to_string(error.id) +
            "): strings must be UTF-8; send other bytes as std::vector<std::byte>"
        );
    }
}

nlohmann::json json_of(const Payload& payload) {
    if (payload.encoding() == encoding::kNull) {
        return nullptr;
    }
    if (payload.encoding() != encoding::kJson && payload.encoding() != kJsonProtobuf) {
        throw_conversion_error(payload, "JSON", "only json/plain and json/protobuf are JSON");
    }
    if (is_nested_too_deep(payload.data)) {
        throw_conversion_error(
            payload, "JSON", "it is nested more than " + std::to_string(kDeepestJson) + " deep"
        );
    }
    // Parsed without exceptions, for a parser's message quotes the text it fails on.
    nlohmann::json value = nlohmann::json::parse(payload.data, nullptr, /*allow_exceptions=*/false);
    if (value.is_discarded()) {
        throw_conversion_error(payload, "JSON", "the text is not valid JSON");
    }
    return value;
}

Payload null_payload() {
    return encoded(encoding::kNull, {});
}

Payload binary_payload(std::string data) {
    return encoded(encoding::kBinary, std::move(data));
}

void throw_conversion_error(const Payload& payload, std::string_view wanted, std::string_view why) {
    throw ConversionError(
        "cannot read a payload of " + name_of_encoding(payload) + " as " + std::string(wanted) +
        ": " + std::string(why)
    );
}

void throw_argument_count(std::size_t wanted, std::size_t given) {
    throw ConversionError(
        "expected " + std::to_string(wanted) +
        (wanted == 1 ? " argument, got " : " arguments, got ") + std::to_string(given)
    );
}

}  // namespace detail

Payload payload_traits<std::vector<std::byte>>::encode(const std::vector<std::byte>& bytes) {
    std::string data(bytes.size(), '\0');
    if (!bytes.empty()) {
        std::memcpy(data.data(), bytes.data(), bytes.size());
    }
    return detail::binary_payload(std::move(data));
}

std::vector<std::byte> payload_traits<std::vector<std::byte>>::decode(const Payload& payload) {
    if (payload.encoding() != encoding::kBinary) {
        detail::throw_conversion_error(payload, "bytes", "bytes travel as binary/plain");
    }
    std::vector<std::byte> bytes(payload.data.size());
    if (!bytes.empty()) {
        std::memcpy(bytes.data(), payload.data.data(), bytes.size());
    }
    return bytes;
}

}  // namespace temporal
