#include "files/local_storage.hpp"

#include "files/claim.hpp"
#include "files/file_handle.hpp"
#include "files/journal.hpp"

#include <fcntl.h>

#include <filesystem>
#include <system_error>

namespace inference {
namespace {

namespace fs = std::filesystem;

/// A line is there as soon as it is written.
class LocalLog final : public ResultLog {
public:
    explicit LocalLog(const fs::path& file) : journal_(file) {}

    void append(std::string_view line) override { journal_.append(line); }
    void commit() override {}
    void finish() override {}

private:
    Journal journal_;
};

}  // namespace

std::unique_ptr<const ByteSource> LocalStorage::open(const std::string& name) const {
    return std::make_unique<FileHandle>(name, O_RDONLY);
}

void LocalStorage::replace(
    const std::string& name, const std::function<void(const WriteBytes&)>& fill
) const {
    replace_file(name, fill);
}

void LocalStorage::remove(const std::string& name) const {
    std::error_code error;
    fs::remove(name, error);
    if (error) {
        throw StorageError("remove", name, error.value());
    }
}

void LocalStorage::make_folder_of(const std::string& name) const {
    const fs::path folder = fs::path(name).parent_path();
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) {
        throw StorageError("make", folder, error.value());
    }
}

Result<void> LocalStorage::claim(const std::string& output, std::string_view job_id) const {
    return inference::claim(output, job_id);
}

std::unique_ptr<ResultLog> LocalStorage::log(
    const std::string& file, std::int64_t /*chunk: all write one file*/
) const {
    return std::make_unique<LocalLog>(partial_of(file));
}

std::uint64_t LocalStorage::log_end(const std::string& file) const {
    return journal_size(partial_of(file));
}

void LocalStorage::read_log(
    const std::string& file,
    std::int64_t /*chunk: all write one file*/,
    std::uint64_t from,
    const VisitResult& visit
) const {
    read_journal(
        partial_of(file),
        from,
        [&visit](std::int64_t item, std::uint64_t, std::string_view line) { visit(item, line); }
    );
}

Assembled LocalStorage::assemble(
    const std::string& output, const std::string& errors, std::int64_t items
) const {
    const bool is_done_already = !fs::exists(partial_of(output)) && fs::exists(output);
    return is_done_already ? count_lines(output, errors)
                           : inference::assemble(output, errors, items);
}

void LocalStorage::clear(const std::string& output, const std::string& errors) const {
    // OUTPUT's first: once it is gone, the files are taken as they are, and need no log.
    remove_journals(output, errors);
    release(output);
}

}  // namespace inference
