#include "cli/batch_outputs.hpp"

#include "cli/batch_text.hpp"
#include "cli/command_error.hpp"
#include "cli/copy_whole.hpp"
#include "files/replace_file.hpp"
#include "files/storage_error.hpp"

#include <system_error>

namespace inference::cli {
namespace {

namespace fs = std::filesystem;

/// The real path of a file that need not be there, in a folder that must.
///
/// Errors: CommandError (2).
fs::path writable_path(const std::string& argument) {
    std::error_code error;
    const fs::path path = fs::weakly_canonical(fs::absolute(argument, error), error);
    const auto refuse = [&](const std::string& why) {
        return CommandError(ExitCode::kUsage, "cannot write '" + argument + "': " + why);
    };
    if (error) {
        throw refuse(error.message());
    }
    if (fs::is_directory(path, error) || !path.has_filename()) {
        throw refuse("it is a folder");
    }
    if (fs::exists(path, error) && !fs::is_regular_file(path, error)) {
        // It would be replaced: think of /dev/null.
        throw refuse("it is no plain file");
    }
    if (!fs::is_directory(path.parent_path(), error)) {
        throw refuse("there is no folder '" + path.parent_path().string() + "'");
    }
    return path;
}

/// Nobody but the worker writes objects. Errors: CommandError (2).
std::optional<std::string> asked_for(const std::string& argument, const Stores& stores) {
    if (argument.empty()) {
        return std::nullopt;
    }
    if (!is_object_name(argument)) {
        return writable_path(argument).string();
    }
    auto name = stores.writable(argument);
    if (!name) {
        throw CommandError(ExitCode::kUsage, name.error().message);
    }
    return *std::move(name);
}

std::string errors_beside(const std::string& output) {
    if (!is_object_name(output)) {
        return fs::path(output).replace_extension(".errors.jsonl").string();
    }
    const std::size_t dot = output.rfind('.');
    return output.substr(0, dot > output.rfind('/') ? dot : output.size()) + ".errors.jsonl";
}

void require_apart(
    const std::optional<std::string>& one, const std::optional<std::string>& other, const char* what
) {
    if (one && one == other) {
        throw CommandError(ExitCode::kUsage, "'" + *one + "' " + what);
    }
}

void require_one_kind(const BatchOutputs& outputs) {
    if (outputs.output && outputs.errors &&
        is_object_name(*outputs.output) != is_object_name(*outputs.errors)) {
        throw CommandError(
            ExitCode::kUsage,
            "--output is '" + *outputs.output + "' and --errors '" + *outputs.errors +
                "'; choose files for both, or objects"
        );
    }
}

bool may_write(const std::optional<std::string>& file, const Stores& stores) {
    if (!file || is_object_name(*file)) {
        return true;
    }
    return !stores.has_bucket_dir() && stores.writable(file_ref(*file)).has_value();
}

[[noreturn]] void cannot_put(
    const std::string& target, const std::string& why, const std::string& job_id
) {
    throw CommandError(
        ExitCode::kJobFailed,
        "the batch has ended, but '" + target + "' cannot be written: " + why +
            "; its results are to be had with: inference-worker result " + job_id
    );
}

void write_lines(const nlohmann::json& results, bool errors, const std::string& file) {
    replace_file(file, [&results, errors](const WriteBytes& write) {
        for (const nlohmann::json& line : results) {
            if (is_error_line(line) == errors) {
                write(to_line(line) + "\n");
            }
        }
    });
}

void copy_from_worker(
    const std::string& ref, const std::string& file, const std::string& job_id, const Stores& stores
) {
    if (ref == ref_of(file)) {
        return;
    }
    const auto source = stores.existing(ref);
    if (!source) {
        cannot_put(file, source.error().message, job_id);
    }
    if (*source != file) {
        copy_whole(*stores.of(*source).open(*source), stores.of(file), file);
    }
}

/// Whether there is anything to put into the file.
bool write_output(
    const std::string& file,
    const std::optional<std::string>& ref,
    bool errors,
    const BatchResponse& response,
    const Stores& stores
) {
    try {
        if (ref) {
            copy_from_worker(*ref, file, response.job_id, stores);
        } else if (response.results.is_array()) {
            write_lines(response.results, errors, file);
        }
    } catch (const StorageError& error) {
        cannot_put(file, error.what(), response.job_id);
    }
    return ref || response.results.is_array();
}

}  // namespace

BatchOutputs plan_outputs(
    const OutputArguments& arguments, const std::string& input, const Stores& stores
) {
    BatchOutputs outputs{.output = asked_for(arguments.output, stores), .errors = std::nullopt};
    const std::string beside = outputs.output ? errors_beside(*outputs.output) : std::string();
    outputs.errors = asked_for(arguments.errors.empty() ? beside : arguments.errors, stores);
    std::error_code ignored;
    const std::string source =
        is_object_name(input) ? input : fs::weakly_canonical(input, ignored).string();
    require_apart(outputs.output, source, "is the batch itself; --output takes another file");
    require_apart(outputs.errors, source, "is the batch itself; --errors takes another file");
    require_apart(
        outputs.output, outputs.errors, "cannot be both; --errors takes another file than --output"
    );
    require_one_kind(outputs);
    outputs.by_worker = may_write(outputs.output, stores) && may_write(outputs.errors, stores);
    return outputs;
}

BatchOutputs write_outputs(
    const BatchResponse& response, const BatchOutputs& outputs, const Stores& stores
) {
    BatchOutputs written = outputs;
    if (outputs.output &&
        !write_output(*outputs.output, response.output_ref, false, response, stores)) {
        written.output.reset();
    }
    if (outputs.errors &&
        !write_output(*outputs.errors, response.error_ref, true, response, stores)) {
        written.errors.reset();
    }
    return written;
}

}  // namespace inference::cli
