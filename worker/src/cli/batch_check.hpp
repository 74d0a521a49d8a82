/// @file cli/batch_check.hpp
/// @brief What is wrong with the lines of a batch file, all of it at once.
#pragma once

#include "stages/batch_line.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace inference::cli {

/// Takes the items of a file one after another, as scan_items() finds them.
///
/// Memory: 128 bits of each custom_id, and the first kMostShown problems, however long the file is.
/// @code
///   BatchCheck check({.model = "chat"});
///   check.add(1, R"({"custom_id":"a","input":{"prompt":"Hello"}})");
///   if (check.invalid() > 0) { std::cerr << problems_text(check, "in.jsonl"); }
/// @endcode
class BatchCheck {
public:
    static constexpr std::size_t kMostShown = 50;

    struct Problem {
        std::int64_t line = 0;  ///< The file's first is 1.
        std::string what;
    };

    explicit BatchCheck(BatchDefaults defaults);

    void add(std::int64_t line_number, std::string_view line);

    /// Good or not.
    [[nodiscard]] std::int64_t items() const noexcept { return items_; }
    [[nodiscard]] std::int64_t invalid() const noexcept { return invalid_; }
    /// The first of them.
    [[nodiscard]] const std::vector<Problem>& problems() const noexcept { return problems_; }

private:
    /// Two hashes that have nothing to do with each other: equal only by a chance that no file is long enough for.
    struct IdHash {
        std::uint64_t first = 0;
        std::uint64_t second = 0;

        bool operator==(const IdHash&) const = default;
    };
    struct Fold {
        std::size_t operator()(const IdHash& id) const noexcept { return id.first; }
    };

    void complain(std::int64_t line_number, std::string what);

    BatchDefaults defaults_;
    std::unordered_set<IdHash, Fold> ids_;
    std::vector<Problem> problems_;
    std::int64_t items_ = 0;
    std::int64_t invalid_ = 0;
};

/// A line for each problem, "FILE:3: field 'custom_id' is missing", and last how many more there are. No newline at the end.
std::string problems_text(const BatchCheck& check, const std::string& file);

}  // namespace inference::cli
