/// @file files/result_log.hpp
/// @brief Where a chunk's results go as they come.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace inference {

/// Threads: one. Errors: StorageError.
class ResultLog {
public:
    ResultLog() = default;
    ResultLog(const ResultLog&) = delete;
    ResultLog& operator=(const ResultLog&) = delete;
    virtual ~ResultLog() = default;

    /// A line without its newline.
    virtual void append(std::string_view line) = 0;
    /// What was appended is there from now on, whatever becomes of this process.
    virtual void commit() = 0;
    /// Commits, and tidies up: nothing is appended any more.
    virtual void finish() = 0;
};

/// Told of the line of an item.
using VisitResult = std::function<void(std::int64_t item, std::string_view line)>;

}  // namespace inference
