/// @file contracts/batch_line_id.hpp
/// @brief The id of a line of results, which holds the item's place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace inference {

/// "batch_req_9c2f61d0a8b43e17_000000042": the batch's own part, then the item's place, counted from 0.
///
/// Every line of results begins with it, so that whoever puts the lines in order need not parse them.
std::string batch_line_id(std::string_view job_id, std::int64_t item);

/// The place in a line that begins with {"id":"batch_req_..."; nullopt where it does not, or is cut off: then it is none of ours.
std::optional<std::int64_t> item_of_line(std::string_view line) noexcept;

}  // namespace inference
