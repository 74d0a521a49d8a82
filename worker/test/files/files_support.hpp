/// @file files/files_support.hpp
/// @brief What the tests of a batch's files share.
#pragma once

#include "cli/temp_folder.hpp"
#include "contracts/batch_line_id.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

namespace inference::testing {

using cli::testing::TempFolder;
using cli::testing::thrown_by;

inline std::string content_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline std::set<std::string> names_in(const std::filesystem::path& folder) {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        names.insert(entry.path().filename().string());
    }
    return names;
}

/// A line of results as short as they get, without its newline.
inline std::string line_of(std::int64_t item, std::string_view content = "") {
    return R"({"id":")" + batch_line_id("batch-1", item) + R"(","body":")" + std::string(content) +
           "\"}";
}

}  // namespace inference::testing
