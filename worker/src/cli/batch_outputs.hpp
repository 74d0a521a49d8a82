/// @file cli/batch_outputs.hpp
/// @brief Where a batch's results are to be, and who writes them.
#pragma once

#include "contracts/batch_response.hpp"
#include "files/stores.hpp"

#include <optional>
#include <string>

namespace inference::cli {

/// The arguments as they were typed. Empty: not given.
struct OutputArguments {
    std::string output;
    std::string errors;
};

/// The files that were asked for, absolute paths or "s3://bucket/key". Absent: wherever the worker puts the results.
struct BatchOutputs {
    std::optional<std::string> output;
    std::optional<std::string> errors;
    bool by_worker = false;  ///< It writes all of them; else the waiting command does.
};

/// The errors of OUT.jsonl go to OUT.errors.jsonl where nothing else is asked for. The worker writes both if it may write each of them,
/// and objects always; files it does not write where its own go to a bucket, for then it may be on another machine.
///
/// Errors: CommandError (2) for an object that the worker may not write, one file and one object, a file in no folder, one that is a folder, the input itself, or the same twice.
BatchOutputs plan_outputs(
    const OutputArguments& arguments, const std::string& input, const Stores& stores
);

/// Puts the results where they were asked for, unless they are there already: from the response, or from the worker's files.
/// Each file appears whole or not at all. Gives back the files that are there now: none where the response has no results.
///
/// Errors: CommandError (1) naming the file, and how to get at the results.
BatchOutputs write_outputs(
    const BatchResponse& response, const BatchOutputs& outputs, const Stores& stores
);

}  // namespace inference::cli
