/// @file cli/items_left.hpp
/// @brief Which items of a batch have no result yet, and their lines.
#pragma once

#include "cli/finished_batch.hpp"
#include "files/replace_file.hpp"
#include "files/stores.hpp"

#include <cstdint>
#include <vector>

namespace inference::cli {

/// The items of a batch that has ended which failed or were never done. What is no item stays out, for it would fail again.
///
/// Memory: a bit an item, and 128 bits of each custom_id while it is made.
/// Errors: CommandError (2) naming the file that cannot be read from here, or that is another than the one the batch read.
class ItemsLeft {
public:
    /// Lifetime: `batch` and `stores` outlive it.
    ItemsLeft(const FinishedBatch& batch, const Stores& stores);

    /// To be run again.
    [[nodiscard]] std::int64_t count() const noexcept { return count_; }
    /// Without a result, and not to be run again.
    [[nodiscard]] std::int64_t invalid() const noexcept { return invalid_; }
    /// Their lines, in the order of the batch.
    void write(const WriteBytes& write) const;

private:
    const FinishedBatch& batch_;
    const Stores& stores_;
    std::vector<bool> left_;
    std::int64_t count_ = 0;
    std::int64_t invalid_ = 0;
};

}  // namespace inference::cli
