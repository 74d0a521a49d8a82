/// @file contracts/name_table.hpp
/// @brief The two ways between an enumerator and its wire name, from one table.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace inference {

/// Every enumerator once, with its name.
template <class Enum, std::size_t N>
using NameTable = std::array<std::pair<Enum, std::string_view>, N>;

/// Empty for a value that is not an enumerator.
template <class Enum, std::size_t N>
constexpr std::string_view name_in(const NameTable<Enum, N>& table, Enum value) noexcept {
    for (const auto& [enumerator, name] : table) {
        if (enumerator == value) {
            return name;
        }
    }
    return {};
}

template <class Enum, std::size_t N>
constexpr std::optional<Enum> value_in(
    const NameTable<Enum, N>& table, std::string_view name
) noexcept {
    for (const auto& [enumerator, known] : table) {
        if (known == name) {
            return enumerator;
        }
    }
    return std::nullopt;
}

/// The names in a list for people: "high, normal, low".
template <class Enum, std::size_t N>
std::string names_in(const NameTable<Enum, N>& table) {
    std::string names;
    for (const auto& entry : table) {
        names += names.empty() ? "" : ", ";
        names += entry.second;
    }
    return names;
}

}  // namespace inference
