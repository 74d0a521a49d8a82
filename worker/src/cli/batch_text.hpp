/// @file cli/batch_text.hpp
/// @brief What came of a batch, for people and for pipes.
#pragma once

#include "cli/batch_outputs.hpp"
#include "contracts/batch_response.hpp"

#include <nlohmann/json.hpp>

#include <iosfwd>
#include <optional>
#include <string>

namespace inference::cli {

/// The response of a batch; nullopt where it is that of another job.
std::optional<BatchResponse> batch_response_in(const nlohmann::json& response);

/// "completed: 100 items, 98 succeeded, 2 failed; output: PATH; errors: PATH". The files are those of `outputs`, else the
/// worker's own.
std::string batch_summary(const BatchResponse& response, const BatchOutputs& outputs);

/// The lines of an inline result that are in no file, as they were sent; those that failed only where they too are in none.
///
/// Gives back whether `out` is what holds the results, though there may be none.
bool print_result_lines(
    const BatchResponse& response, const BatchOutputs& outputs, std::ostream& out
);

/// Whether a line of results is that of an item that failed.
bool is_error_line(const nlohmann::json& line);

/// One line of JSON, without a newline. Text that is no UTF-8 is replaced.
std::string to_line(const nlohmann::json& line);

}  // namespace inference::cli
