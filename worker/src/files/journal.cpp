#include "files/journal.hpp"

#include "contracts/batch_line_id.hpp"
#include "files/line_reader.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace inference {

Journal::Journal(const std::filesystem::path& file) : file_(file, O_RDWR | O_APPEND | O_CREAT) {
    const std::uint64_t size = file_.size();
    if (size > 0) {
        file_.read_at(size - 1, 1, buffer_);
        is_torn_ = buffer_ != "\n";
    }
}

void Journal::append(std::string_view line) {
    // With a space, or a line that was cut off behind a brace would be taken for a whole one.
    buffer_.assign(is_torn_ ? " \n" : "");
    buffer_ += line;
    buffer_ += '\n';
    const ssize_t written = write(file_.descriptor(), buffer_.data(), buffer_.size());
    if (written != static_cast<ssize_t>(buffer_.size())) {
        const int reason = written < 0 ? errno : ENOSPC;
        is_torn_ = is_torn_ || written > 0;
        throw StorageError("write", file_.path(), reason);
    }
    is_torn_ = false;
}

void read_journal(
    const std::filesystem::path& file,
    std::uint64_t from,
    const std::function<void(std::int64_t item, std::uint64_t offset, std::string_view line)>& visit
) {
    if (journal_size(file) <= from) {
        return;
    }
    const FileHandle handle(file, O_RDONLY);
    LineReader reader(handle, from);
    while (const auto line = reader.next()) {
        const auto item = item_of_line(line->text);
        if (item && line->is_whole) {
            visit(*item, line->offset, line->text);
        }
    }
}

std::uint64_t journal_size(const std::filesystem::path& file) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    if (error && error != std::errc::no_such_file_or_directory) {
        throw StorageError("look at", file, error.value());
    }
    return error ? 0 : size;
}

}  // namespace inference
