/// @file cli/batch_source.hpp
/// @brief How a batch's items get from a file to the worker.
#pragma once

#include "cli/batch_check.hpp"
#include "config/config.hpp"
#include "contracts/batch_request.hpp"
#include "files/replace_file.hpp"
#include "files/stores.hpp"

#include <functional>
#include <string>

namespace inference::cli {

/// Reads the file, or the object, item by item and checks them all.
///
/// Errors: CommandError (2) if it cannot be read, is no regular file, or holds no item.
BatchCheck check_batch_file(const std::string& file, const Stores& stores, BatchDefaults defaults);

/// Fills `items_ref` or `items`. The worker reads the file itself where it may, and is on this machine as far as anybody knows; else it
/// gets a copy, DIR/uploads/JOB.jsonl, where one can be made; else, up to 1 MiB, the lines travel in the request.
///
/// Errors: CommandError (2) naming the folders that the worker may read.
void give_items(
    const std::string& file,
    const std::string& job_id,
    const FilesConfig& files,
    const Stores& stores,
    BatchRequest& request
);

/// Fills `items_ref` or `items` with lines that are in no file yet: into DIR/uploads/JOB.jsonl; or, where that cannot be made, up to
/// 1 MiB of them into the request.
///
/// @param fill May be called twice.
/// Errors: CommandError (2) naming the folders that the worker may read; what `fill` throws.
void give_lines(
    const std::function<void(const WriteBytes&)>& fill,
    const std::string& job_id,
    const Stores& stores,
    BatchRequest& request
);

/// The worker's folders for people: "'/data', '/srv/jobs' (files.roots in the configuration)".
std::string roots_text(const FilesConfig& files);

}  // namespace inference::cli
