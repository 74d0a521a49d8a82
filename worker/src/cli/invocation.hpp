/// @file cli/invocation.hpp
/// @brief What every command is given.
#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

namespace inference::cli {

enum class Format { kText, kJson };

/// The options that all commands share. Absent: not on the command line.
struct CommonOptions {
    std::optional<std::filesystem::path> config;
    std::optional<std::string> address;
    std::optional<std::string> namespace_name;
    Format format = Format::kText;
};

/// One run of the program. Data goes to `out`, everything else to `err`.
///
/// Lifetime: the streams outlive it.
struct Invocation {
    CommonOptions common;
    std::istream& in;
    std::ostream& out;
    std::ostream& err;

    [[nodiscard]] bool json() const noexcept { return common.format == Format::kJson; }
    /// One line of JSON on `out`. Text that is no UTF-8 is replaced.
    void print(const nlohmann::json& value) const;
};

}  // namespace inference::cli
