/// @file cli/batch_outputs.hpp
/// @brief Where a batch's results are to be, and who writes them.
#pragma once

#include "contracts/batch_response.hpp"
#include "files/file_roots.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace inference::cli {

/// The arguments as they were typed. Empty: not given.
struct OutputArguments {
    std::string output;
    std::string errors;
};

/// The files that were asked for. Absent: wherever the worker puts the results.
struct BatchOutputs {
    std::optional<std::filesystem::path> output;
    std::optional<std::filesystem::path> errors;
    bool by_worker = false;  ///< It writes all of them; else the waiting command does.
};

/// Both files, as absolute paths. The errors of OUT.jsonl go to OUT.errors.jsonl where nothing else is asked for. The worker writes
/// them if it may write each of them.
///
/// Errors: CommandError (2) for a file in no folder, one that is a folder, the input itself, or the same twice.
BatchOutputs plan_outputs(
    const OutputArguments& arguments, const std::filesystem::path& input, const FileRoots& roots
);

/// Puts the results where they were asked for, unless they are there already: from the response, or from the worker's files.
/// Each file appears whole or not at all. Gives back the files that are there now: none where the response has no results.
///
/// Errors: CommandError (1) naming the file, and how to get at the results.
BatchOutputs write_outputs(
    const BatchResponse& response, const BatchOutputs& outputs, const FileRoots& roots
);

}  // namespace inference::cli
