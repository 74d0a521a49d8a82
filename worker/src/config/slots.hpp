/// @file config/slots.hpp
/// @brief How a fixed number of slots is shared out among queues.
#pragma once

#include <span>
#include <vector>

namespace inference {

/// Shares out `total` slots in the ratio of the shares, by the largest remainder, and gives each at least `least`.
///
/// A share that is worth less than `least` slots gets `least`, and the others share the rest. Each of those gets the whole
/// part of what it is worth; the slots then left go one each to the largest fractions. Of equal fractions the smaller
/// share is served first, for one slot matters more to it; of equal shares the one that stands first.
///
/// Range: shares and `least` positive; total >= least * shares.size(), below which each gets `least` all the same.
/// Returns: as many numbers as there are shares; in that range they add up to `total`, and a larger share never has fewer.
/// @code
///   slots_by_largest_remainder(10, std::array{50, 35, 15})   // 5, 3, 2
/// @endcode
std::vector<int> slots_by_largest_remainder(int total, std::span<const int> shares, int least = 1);

}  // namespace inference
