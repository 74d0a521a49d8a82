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

std::optional<fs::path> asked_for(const std::string& argument) {
    return argument.empty() ? std::nullopt : std::optional(writable_path(argument));
}

void require_apart(
    const std::optional<fs::path>& one, const std::optional<fs::path>& other, const char* what
) {
    if (one && one == other) {
        throw CommandError(ExitCode::kUsage, "'" + one->string() + "' " + what);
    }
}

bool may_write(const std::optional<fs::path>& file, const FileRoots& roots) {
    return !file || roots.writable(file_ref(*file)).has_value();
}

[[noreturn]] void cannot_put(
    const fs::path& target, const std::string& why, const std::string& job_id
) {
    throw CommandError(
        ExitCode::kJobFailed,
        "the batch has ended, but '" + target.string() + "' cannot be written: " + why +
            "; its results are to be had with: inference-worker result " + job_id
    );
}

void write_lines(const nlohmann::json& results, bool errors, const fs::path& file) {
    replace_file(file, [&results, errors](const WriteBytes& write) {
        for (const nlohmann::json& line : results) {
            if (is_error_line(line) == errors) {
                write(to_line(line) + "\n");
            }
        }
    });
}

void copy_from_worker(
    const std::string& ref, const fs::path& file, const std::string& job_id, const FileRoots& roots
) {
    if (ref == file_ref(file)) {
        return;
    }
    const auto source = roots.existing(ref);
    if (!source) {
        cannot_put(file, source.error().message, job_id);
    }
    if (*source != file) {
        copy_whole(*source, file);
    }
}

/// Whether there is anything to put into the file.
bool write_output(
    const fs::path& file,
    const std::optional<std::string>& ref,
    bool errors,
    const BatchResponse& response,
    const FileRoots& roots
) {
    try {
        if (ref) {
            copy_from_worker(*ref, file, response.job_id, roots);
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
    const OutputArguments& arguments, const fs::path& input, const FileRoots& roots
) {
    BatchOutputs outputs{.output = asked_for(arguments.output), .errors = std::nullopt};
    const std::string beside =
        outputs.output ? fs::path(*outputs.output).replace_extension(".errors.jsonl").string()
                       : std::string();
    outputs.errors = asked_for(arguments.errors.empty() ? beside : arguments.errors);
    std::error_code ignored;
    const fs::path source = fs::weakly_canonical(input, ignored);
    require_apart(outputs.output, source, "is the batch itself; --output takes another file");
    require_apart(outputs.errors, source, "is the batch itself; --errors takes another file");
    require_apart(
        outputs.output, outputs.errors, "cannot be both; --errors takes another file than --output"
    );
    outputs.by_worker = may_write(outputs.output, roots) && may_write(outputs.errors, roots);
    return outputs;
}

BatchOutputs write_outputs(
    const BatchResponse& response, const BatchOutputs& outputs, const FileRoots& roots
) {
    BatchOutputs written = outputs;
    if (outputs.output &&
        !write_output(*outputs.output, response.output_ref, false, response, roots)) {
        written.output.reset();
    }
    if (outputs.errors &&
        !write_output(*outputs.errors, response.error_ref, true, response, roots)) {
        written.errors.reset();
    }
    return written;
}

}  // namespace inference::cli
