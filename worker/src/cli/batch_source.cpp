#include "cli/batch_source.hpp"

#include "cli/command_error.hpp"
#include "cli/copy_whole.hpp"
#include "files/item_index.hpp"
#include "files/storage_error.hpp"

#include <absl/strings/str_split.h>

#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

namespace inference::cli {
namespace {

namespace fs = std::filesystem;

/// What fits into a request beside the rest of it; Temporal takes 2 MB.
constexpr std::uintmax_t kLargestInline = 1 << 20;

[[noreturn]] void unreadable(const std::string& file, const std::string& why) {
    throw CommandError(ExitCode::kUsage, "cannot read '" + file + "': " + why);
}

/// Calls `visit` for every item, which is what the worker will take for one.
void for_each_item(const std::string& file, const VisitItem& visit) {
    std::error_code error;
    const fs::file_status status = fs::status(file, error);
    if (fs::exists(status) && !fs::is_regular_file(status)) {
        // It is read twice: here, and by the worker.
        unreadable(file, fs::is_directory(status) ? "it is a folder" : "it is no plain file");
    }
    try {
        scan_items(file, visit);
    } catch (const StorageError& failed) {
        throw CommandError(ExitCode::kUsage, failed.what());
    }
}

/// Where a job's items go that workers cannot read where they are. Errors: std::filesystem::filesystem_error.
fs::path upload_path(const std::string& job_id, const fs::path& dir, const FileRoots& roots) {
    fs::create_directories(dir / "uploads");
    // A job's id is any text; the name of its folder is fit for a file's, too.
    const std::string name = roots.job_folder(job_id).filename().string() + ".jsonl";
    return fs::canonical(dir / "uploads") / name;
}

/// The copy's reference. Errors: StorageError, std::filesystem::filesystem_error.
std::string upload(
    const fs::path& file, const std::string& job_id, const fs::path& dir, const FileRoots& roots
) {
    const fs::path copy = upload_path(job_id, dir, roots);
    copy_whole(file, copy);
    return file_ref(copy);
}

/// A line that is no JSON becomes a string, which is no item either.
nlohmann::json to_item(std::string_view text) {
    auto item = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    return item.is_discarded() ? nlohmann::json("no JSON") : std::move(item);
}

nlohmann::json read_items(const std::string& file) {
    nlohmann::json items = nlohmann::json::array();
    for_each_item(file, [&items](std::int64_t, std::int64_t, std::string_view text) {
        items.push_back(to_item(text));
    });
    return items;
}

/// The end of what is said where nothing helps.
std::string too_large(const FilesConfig& files, const std::string& why) {
    return "cannot be written to '" + (files.dir / "uploads").string() + "' (" + why +
           "), and are more than the 1 MiB that fit into a request; the configuration of the "
           "workers (--config) names a folder that they share, files.dir";
}

/// Lines, as they come, up to what fits into a request.
class InlineItems {
public:
    InlineItems(const FilesConfig& files, std::string why) : files_(files), why_(std::move(why)) {}

    void add(std::string_view bytes) {
        size_ += bytes.size();
        if (size_ > kLargestInline) {
            throw CommandError(ExitCode::kUsage, "the items " + too_large(files_, why_));
        }
        text_ += bytes;
    }

    [[nodiscard]] nlohmann::json items() const {
        nlohmann::json items = nlohmann::json::array();
        for (const auto& line : absl::StrSplit(text_, '\n', absl::SkipEmpty())) {
            items.push_back(to_item({line.data(), line.size()}));
        }
        return items;
    }

private:
    const FilesConfig& files_;
    const std::string why_;
    std::string text_;
    std::uintmax_t size_ = 0;
};

}  // namespace

BatchCheck check_batch_file(const std::string& file, BatchDefaults defaults) {
    if (file == "-") {
        throw CommandError(
            ExitCode::kUsage, "batch takes a file, for the worker reads it too; '-' is none"
        );
    }
    BatchCheck check(std::move(defaults));
    for_each_item(file, [&check](std::int64_t, std::int64_t line_number, std::string_view text) {
        check.add(line_number, text);
    });
    if (check.items() == 0) {
        throw CommandError(ExitCode::kUsage, "'" + file + "' is empty; each line is one item");
    }
    return check;
}

void give_items(
    const std::string& file,
    const std::string& job_id,
    const FilesConfig& files,
    BatchRequest& request
) {
    std::error_code error;
    const fs::path real = fs::canonical(file, error);
    if (error) {
        unreadable(file, error.message());
    }
    const FileRoots roots(files.roots, files.dir);
    if (roots.existing(file_ref(real))) {
        request.items_ref = file_ref(real);
        return;
    }
    try {
        request.items_ref = upload(real, job_id, files.dir, roots);
    } catch (const std::runtime_error& failed) {
        if (fs::file_size(real, error) > kLargestInline) {
            throw CommandError(
                ExitCode::kUsage,
                "'" + file + "' lies in none of the folders that workers read, " +
                    roots_text(files) + "; its items " + too_large(files, failed.what())
            );
        }
        request.items = read_items(file);
    }
}

void give_lines(
    const std::function<void(const WriteBytes&)>& fill,
    const std::string& job_id,
    const FilesConfig& files,
    BatchRequest& request
) {
    const FileRoots roots(files.roots, files.dir);
    try {
        const fs::path file = upload_path(job_id, files.dir, roots);
        replace_file(file, fill);
        request.items_ref = file_ref(file);
    } catch (const std::runtime_error& failed) {
        InlineItems inlined(files, failed.what());
        fill([&inlined](std::string_view bytes) { inlined.add(bytes); });
        request.items = inlined.items();
    }
}

std::string roots_text(const FilesConfig& files) {
    std::string text;
    for (const fs::path& root : files.roots) {
        std::error_code ignored;
        const fs::path real = fs::weakly_canonical(root, ignored);
        text += (text.empty() ? "'" : ", '") + (real.empty() ? root : real).string() + "'";
    }
    return text + " (files.roots in the configuration)";
}

}  // namespace inference::cli
