#include "files/file_roots.hpp"

#include "contracts/describe.hpp"
#include "contracts/fnv_hash.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <optional>
#include <system_error>
#include <utility>

namespace inference {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestName = 200;

bool is_plain(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
}

std::string escaped(char c) {
    std::array<char, 4> text{};
    std::snprintf(text.data(), text.size(), "%%%02X", static_cast<unsigned char>(c));
    return text.data();
}

/// Also nullopt for a zero byte, at which the system would see another path's end.
std::optional<std::string> unescaped(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            unsigned value = 0;
            const char* const digits = text.data() + i + 1;
            if (i + 2 >= text.size() ||
                std::from_chars(digits, digits + 2, value, 16).ptr != digits + 2) {
                return std::nullopt;
            }
            c = static_cast<char>(value);
            i += 2;
        }
        if (c == '\0') {
            return std::nullopt;
        }
        plain += c;
    }
    return plain;
}

Result<fs::path> path_of(std::string_view ref) {
    std::string_view rest = ref;
    for (const std::string_view begin : {"file://localhost/", "file:///"}) {
        if (rest.starts_with(begin)) {
            rest.remove_prefix(begin.size() - 1);
            if (auto path = unescaped(rest)) {
                return fs::path(*std::move(path)).lexically_normal();
            }
            break;
        }
    }
    return tl::unexpected(fatal(
        ErrorCode::kValidation,
        "the reference is " + shown(ref) +
            "; it takes file:///, an absolute path with no zero byte and %XX for what a URI cannot "
            "hold"
    ));
}

Error no_file(const fs::path& path, const std::string& why) {
    return fatal(
        ErrorCode::kValidation,
        "there is no file " + path.string() + " that the worker can read (" + why +
            "); correct the reference, or share the folder with the workers"
    );
}

bool is_below(const fs::path& path, const fs::path& folder) {
    std::error_code error;
    const fs::path plain = folder.has_filename() ? folder : folder.parent_path();
    const fs::path root = fs::weakly_canonical(plain, error);
    if (error || root.empty()) {
        return false;
    }
    const auto [end, rest] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
    return end == root.end() && rest != path.end();
}

}  // namespace

FileRoots::FileRoots(std::vector<fs::path> roots, fs::path dir)
    : roots_(std::move(roots)), dir_(std::move(dir)) {}

bool FileRoots::holds(const fs::path& canonical) const {
    return is_below(canonical, dir_) || std::ranges::any_of(roots_, [&](const fs::path& root) {
               return is_below(canonical, root);
           });
}

Error FileRoots::outside(const fs::path& path) const {
    std::string known;
    for (const fs::path& root : roots_) {
        known += root.string() + ", ";
    }
    return fatal(
        ErrorCode::kValidation,
        path.string() + " lies outside of what the workers may touch: " + known + dir_.string() +
            "; put it there, or add its folder to files.roots in the configuration"
    );
}

Result<fs::path> FileRoots::existing(std::string_view ref) const {
    const auto path = path_of(ref);
    if (!path) {
        return path;
    }
    std::error_code error;
    const fs::path canonical = fs::canonical(*path, error);
    if (error) {
        return tl::unexpected(no_file(*path, error.message()));
    }
    if (!holds(canonical)) {
        return tl::unexpected(outside(*path));
    }
    if (!fs::is_regular_file(canonical, error)) {
        return tl::unexpected(no_file(*path, "it is no plain file"));
    }
    if (access(canonical.c_str(), R_OK) != 0) {
        return tl::unexpected(no_file(*path, std::generic_category().message(errno)));
    }
    return canonical;
}

Result<fs::path> FileRoots::writable(std::string_view ref) const {
    const auto path = path_of(ref);
    if (!path) {
        return path;
    }
    std::error_code error;
    const fs::path folder = fs::canonical(path->parent_path(), error);
    if (!path->has_filename()) {
        return tl::unexpected(
            fatal(ErrorCode::kValidation, path->string() + " is a folder; name a file in it")
        );
    }
    if (error) {
        return tl::unexpected(fatal(
            ErrorCode::kValidation,
            path->string() + " cannot be written: its folder is not there (" + error.message() +
                "); make it, or choose another file"
        ));
    }
    const fs::path file = folder / path->filename();
    // What is not there yet is its own target.
    const bool is_link = fs::is_symlink(fs::symlink_status(file, error));
    const fs::path target = is_link ? fs::weakly_canonical(file, error) : file;
    // Of a link into nothing nobody knows where it will lead.
    if (!holds(file) || !holds(target) || (is_link && !fs::exists(target, error))) {
        return tl::unexpected(outside(*path));
    }
    const fs::file_status status = fs::status(target, error);
    if (!fs::status_known(status)) {
        return tl::unexpected(fatal(
            ErrorCode::kValidation,
            path->string() + " cannot be written: " + error.message() + "; choose another file"
        ));
    }
    if (fs::exists(status) && !fs::is_regular_file(status)) {
        return tl::unexpected(
            fatal(ErrorCode::kValidation, path->string() + " is no plain file; choose another")
        );
    }
    return target;
}

fs::path FileRoots::job_folder(std::string_view job_id) const {
    return dir_ / job_folder_name(job_id);
}

std::string job_folder_name(std::string_view job_id) {
    std::string name;
    for (const char c : job_id) {
        name += is_plain(c) && !(name.empty() && c == '.') ? std::string(1, c) : escaped(c);
    }
    if (name.size() > kLongestName) {
        std::array<char, 18> hash{};
        std::snprintf(
            hash.data(), hash.size(), "-%016llx", static_cast<unsigned long long>(fnv_hash(job_id))
        );
        name = name.substr(0, kLongestName) + hash.data();
    }
    return name;
}

std::string file_ref(const fs::path& path) {
    std::string ref = "file://";
    for (const char c : path.string()) {
        ref += is_plain(c) || c == '/' || c == '~' ? std::string(1, c) : escaped(c);
    }
    return ref;
}

}  // namespace inference
