#include "files/claim.hpp"

#include "contracts/fnv_hash.hpp"
#include "files/file_handle.hpp"
#include "files/replace_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace inference {
namespace {

std::filesystem::path lock_of(const std::filesystem::path& output) {
    std::filesystem::path lock = output;
    lock += ".lock";
    return lock;
}

/// A name of its own for each job, so that two of them do not write the same file before one of them has the lock.
std::filesystem::path draft_of(const std::filesystem::path& lock, std::string_view job_id) {
    std::filesystem::path draft = lock;
    draft += "." + std::to_string(fnv_hash(job_id));
    return draft;
}

Error taken(const std::filesystem::path& output, const std::string& owner) {
    return fatal(
        ErrorCode::kValidation,
        "field 'output_ref' names " + output.string() + ", which batch '" + owner +
            "' is writing; choose another file or, if that batch is over, delete " +
            lock_of(output).string()
    );
}

}  // namespace

Result<void> claim(const std::filesystem::path& output, std::string_view job_id) {
    const std::filesystem::path lock = lock_of(output);
    const std::filesystem::path draft = draft_of(lock, job_id);
    replace_file(draft, [&](const WriteBytes& write) { write(job_id); });
    // A link is there or not, and never empty.
    const int failure = link(draft.c_str(), lock.c_str()) == 0 ? 0 : errno;
    unlink(draft.c_str());
    if (failure == 0) {
        sync_folder(lock.parent_path());
        return {};
    }
    if (failure != EEXIST) {
        throw StorageError("make", lock, failure);
    }
    const FileHandle file(lock, O_RDONLY);
    std::string owner;
    file.read_at(0, file.size(), owner);
    return owner == job_id ? Result<void>() : tl::unexpected(taken(output, owner));
}

void release(const std::filesystem::path& output) {
    std::error_code error;
    std::filesystem::remove(lock_of(output), error);
    if (error) {
        throw StorageError("remove", lock_of(output), error.value());
    }
}

}  // namespace inference
