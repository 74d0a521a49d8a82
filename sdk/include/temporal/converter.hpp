/// @file temporal/converter.hpp
/// @brief Values to payloads and back, chosen by type at compile time.
#pragma once

#include "temporal/payload.hpp"

#include <nlohmann/json.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace temporal {

/// A payload could not be read as the wanted type, or a value could not be written.
class ConversionError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// How values of `T` travel. The primary template is json/plain through nlohmann's `to_json`/`from_json`;
/// specialise it for another encoding.
///
/// Errors: `decode` throws ConversionError, whose message names the encoding and never the data.
/// @code
///   struct Prompt { std::string text; };
///   void to_json(nlohmann::json& json, const Prompt& prompt) { json = {{"text", prompt.text}}; }
///   void from_json(const nlohmann::json& json, Prompt& prompt) { json.at("text").get_to(prompt.text); }
/// @endcode
template <class T>
struct payload_traits;

namespace detail {
Payload json_payload(const nlohmann::json& value);
nlohmann::json json_of(const Payload& payload);
Payload null_payload();
Payload binary_payload(std::string data);
[[noreturn]] void throw_conversion_error(
    const Payload& payload, std::string_view wanted, std::string_view why
);
[[noreturn]] void throw_argument_count(std::size_t wanted, std::size_t given);
}  // namespace detail

template <class T>
struct payload_traits {
    static Payload encode(const T& value) { return detail::json_payload(nlohmann::json(value)); }
    static T decode(const Payload& payload) {
        nlohmann::json value = detail::json_of(payload);
        try {
            return value.template get<T>();
        } catch (const nlohmann::json::exception& error) {
            // nlohmann's messages quote keys and types, never values.
            detail::throw_conversion_error(payload, "the expected type", error.what());
        }
    }
};

/// A payload passes through untouched: for workflows that read several shapes.
template <>
struct payload_traits<Payload> {
    static Payload encode(const Payload& payload) { return payload; }
    static Payload decode(const Payload& payload) { return payload; }
};

/// Raw bytes travel as binary/plain, never as JSON.
template <>
struct payload_traits<std::vector<std::byte>> {
    static Payload encode(const std::vector<std::byte>& bytes);
    static std::vector<std::byte> decode(const Payload& payload);
};

/// An empty optional is binary/null; JSON null is read as empty, too.
template <class T>
struct payload_traits<std::optional<T>> {
    static Payload encode(const std::optional<T>& value) {
        return value ? payload_traits<T>::encode(*value) : detail::null_payload();
    }
    static std::optional<T> decode(const Payload& payload) {
        const bool is_null = payload.encoding() == encoding::kNull ||
                             (payload.encoding() == encoding::kJson && payload.data == "null");
        if (is_null) {
            return std::nullopt;
        }
        return payload_traits<T>::decode(payload);
    }
};

/// Nothing is binary/null: to_payload(std::nullopt).
template <>
struct payload_traits<std::nullopt_t> {
    static Payload encode(std::nullopt_t /*nothing*/) { return detail::null_payload(); }
};

template <class T>
[[nodiscard]] Payload to_payload(const T& value) {
    return payload_traits<T>::encode(value);
}

/// A literal is a string.
template <std::size_t N>
[[nodiscard]] Payload to_payload(const char (&text)[N]) {
    return payload_traits<std::string>::encode(text);
}

template <class T>
[[nodiscard]] T from_payload(const Payload& payload) {
    return payload_traits<T>::decode(payload);
}

/// Encodes an argument list.
template <class... Args>
[[nodiscard]] Payloads to_payloads(const Args&... args) {
    Payloads payloads;
    payloads.reserve(sizeof...(Args));
    (payloads.push_back(to_payload(args)), ...);
    return payloads;
}

/// Decodes an argument list. Surplus payloads are ignored and missing ones are an error, so that an argument may be
/// added to a caller before it is added to the callee.
template <class... Args>
[[nodiscard]] std::tuple<Args...> from_payloads(const Payloads& payloads) {
    if (payloads.size() < sizeof...(Args)) {
        detail::throw_argument_count(sizeof...(Args), payloads.size());
    }
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return std::tuple<Args...>{from_payload<Args>(payloads[I])...};
    }(std::index_sequence_for<Args...>{});
}

namespace detail {

/// Reads a result; `void` takes any.
template <class R>
R decode_result(const Payload& payload) {
    if constexpr (!std::is_void_v<R>) {
        return from_payload<R>(payload);
    }
}

}  // namespace detail

/// All arguments as they came. A handler that takes this, and nothing besides a context, is called whatever was sent, so that it
/// can judge by itself what cannot be decoded.
struct Arguments {
    Payloads values;
};

}  // namespace temporal
