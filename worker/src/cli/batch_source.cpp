#include "cli/batch_source.hpp"

#include "cli/command_error.hpp"
#include "cli/copy_whole.hpp"
#include "files/file_handle.hpp"
#include "files/item_index.hpp"
#include "files/storage_error.hpp"

#include <absl/strings/str_split.h>
#include <fcntl.h>

#include <cstdint>
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

/// The name of a file that is read twice: here, and by the worker.
///
/// Errors: CommandError (2).
std::string readable(const std::string& file, const Stores& stores) {
    if (is_object_name(file)) {
        auto name = stores.existing(file);
        if (!name) {
            throw CommandError(ExitCode::kUsage, name.error().message);
        }
        return *std::move(name);
    }
    std::error_code error;
    const fs::file_status status = fs::status(file, error);
    if (fs::exists(status) && !fs::is_regular_file(status)) {
        unreadable(file, fs::is_directory(status) ? "it is a folder" : "it is no plain file");
    }
    return file;
}

/// Calls `visit` for every item, which is what the worker will take for one.
void for_each_item(const std::string& file, const Stores& stores, const VisitItem& visit) {
    const std::string name = readable(file, stores);
    try {
        scan_items(*stores.of(name).open(name), visit);
    } catch (const StorageError& failed) {
        throw CommandError(ExitCode::kUsage, failed.what());
    }
}

/// A line that is no JSON becomes a string, which is no item either.
nlohmann::json to_item(std::string_view text) {
    auto item = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    return item.is_discarded() ? nlohmann::json("no JSON") : std::move(item);
}

nlohmann::json read_items(const std::string& file, const Stores& stores) {
    nlohmann::json items = nlohmann::json::array();
    for_each_item(file, stores, [&items](std::int64_t, std::int64_t, std::string_view text) {
        items.push_back(to_item(text));
    });
    return items;
}

/// The end of what is said where nothing helps.
std::string too_large(const std::string& upload, const std::string& why) {
    return "cannot be written to '" + upload + "' (" + why +
           "), and are more than the 1 MiB that fit into a request; the configuration of the "
           "workers (--config) names a folder that they share, files.dir";
}

/// Lines, as they come, up to what fits into a request.
class InlineItems {
public:
    InlineItems(std::string upload, std::string why)
        : upload_(std::move(upload)), why_(std::move(why)) {}

    void add(std::string_view bytes) {
        size_ += bytes.size();
        if (size_ > kLargestInline) {
            throw CommandError(ExitCode::kUsage, "the items " + too_large(upload_, why_));
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
    const std::string upload_;
    const std::string why_;
    std::string text_;
    std::uintmax_t size_ = 0;
};

}  // namespace

BatchCheck check_batch_file(const std::string& file, const Stores& stores, BatchDefaults defaults) {
    if (file == "-") {
        throw CommandError(
            ExitCode::kUsage, "batch takes a file, for the worker reads it too; '-' is none"
        );
    }
    BatchCheck check(std::move(defaults));
    for_each_item(
        file,
        stores,
        [&check](std::int64_t, std::int64_t line_number, std::string_view text) {
            check.add(line_number, text);
        }
    );
    if (check.items() == 0) {
        throw CommandError(ExitCode::kUsage, "'" + file + "' is empty; each line is one item");
    }
    return check;
}

void give_items(
    const std::string& file,
    const std::string& job_id,
    const FilesConfig& files,
    const Stores& stores,
    BatchRequest& request
) {
    if (is_object_name(file)) {
        request.items_ref = file;
        return;
    }
    std::error_code error;
    const fs::path real = fs::canonical(file, error);
    if (error) {
        unreadable(file, error.message());
    }
    if (!stores.has_bucket_dir() && stores.existing(file_ref(real))) {
        request.items_ref = file_ref(real);
        return;
    }
    const std::string copy = stores.upload_file(job_id);
    try {
        stores.of(copy).make_folder_of(copy);
        copy_whole(FileHandle(real, O_RDONLY), stores.of(copy), copy);
        request.items_ref = ref_of(copy);
    } catch (const StorageError& failed) {
        if (fs::file_size(real, error) > kLargestInline) {
            throw CommandError(
                ExitCode::kUsage,
                "'" + file + "' lies in none of the folders that workers read, " +
                    roots_text(files) + "; its items " + too_large(copy, failed.what())
            );
        }
        request.items = read_items(file, stores);
    }
}

void give_lines(
    const std::function<void(const WriteBytes&)>& fill,
    const std::string& job_id,
    const Stores& stores,
    BatchRequest& request
) {
    const std::string file = stores.upload_file(job_id);
    try {
        stores.of(file).make_folder_of(file);
        stores.of(file).replace(file, fill);
        request.items_ref = ref_of(file);
    } catch (const StorageError& failed) {
        InlineItems inlined(file, failed.what());
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
    for (const std::string& root : files.bucket_roots) {
        text += (text.empty() ? "'" : ", '") + root + "'";
    }
    return text + " (files.roots in the configuration)";
}

}  // namespace inference::cli
