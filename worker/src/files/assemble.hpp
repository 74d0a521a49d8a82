/// @file files/assemble.hpp
/// @brief From the journals of a batch to its two files.
#pragma once

#include <cstdint>
#include <filesystem>

namespace inference {

/// What the two files hold.
struct Assembled {
    std::int64_t succeeded = 0;
    std::int64_t failed = 0;
    std::uint64_t bytes = 0;  ///< Of both together.

    bool operator==(const Assembled&) const = default;
};

/// The journal of a file: FILE.partial.
std::filesystem::path partial_of(const std::filesystem::path& file);

/// Makes OUTPUT and ERRORS of their journals: each item once, in the order of the items. Of several lines of an item the first
/// counts, and one in OUTPUT.partial before any in ERRORS.partial.
///
/// Each file appears whole, by rename. The journals stay, so that a crash at any point lets it be done again, with the same
/// outcome.
/// Memory: 12 bytes for an item and a journal, and the longest line.
/// Errors: StorageError.
Assembled assemble(
    const std::filesystem::path& output, const std::filesystem::path& errors, std::int64_t items
);

/// What two finished files hold; one that is not there holds nothing.
Assembled count_lines(const std::filesystem::path& output, const std::filesystem::path& errors);

void remove_journals(const std::filesystem::path& output, const std::filesystem::path& errors);

}  // namespace inference
