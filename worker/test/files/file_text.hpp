/// @file files/file_text.hpp
/// @brief What stands in a file, and the lines that tests put there.
#pragma once

#include "contracts/batch_line_id.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace inference::testing {

inline std::string text_of(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

/// What a folder holds.
inline std::set<std::string> names_in(const std::filesystem::path& folder) {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        names.insert(entry.path().filename().string());
    }
    return names;
}

/// A line of results without its newline.
inline std::string line_of(std::int64_t item, const std::string& answer = "yes") {
    return R"({"id":")" + batch_line_id("job", item) + R"(","response":{"body":{"answer":")" +
           answer + R"("}}})";
}

}  // namespace inference::testing
