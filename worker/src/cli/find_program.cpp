#include "cli/find_program.hpp"

#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace inference::cli {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> executable(const fs::path& file) {
    std::error_code ignored;
    const bool usable = fs::is_regular_file(file, ignored) && access(file.c_str(), X_OK) == 0;
    return usable ? std::optional(file) : std::nullopt;
}

std::optional<fs::path> cache_folder(const Environment& environment) {
    if (const auto own = environment("IW_CACHE")) {
        return *own;
    }
    if (const auto xdg = environment("XDG_CACHE_HOME")) {
        return fs::path(*xdg) / "inference-worker";
    }
    if (const auto home = environment("HOME")) {
        return fs::path(*home) / ".cache" / "inference-worker";
    }
    return std::nullopt;
}

std::optional<fs::path> find_on_path(const std::string& name, std::string_view path) {
    while (!path.empty()) {
        const std::size_t colon = path.find(':');
        if (const auto found = executable(fs::path(path.substr(0, colon)) / name)) {
            return found;
        }
        path.remove_prefix(colon == std::string_view::npos ? path.size() : colon + 1);
    }
    return std::nullopt;
}

}  // namespace

Environment process_environment() {
    return [](const std::string& name) -> std::optional<std::string> {
        const char* const value = std::getenv(name.c_str());
        return value == nullptr || *value == '\0' ? std::nullopt
                                                  : std::optional<std::string>(value);
    };
}

std::optional<fs::path> find_temporal(const Environment& environment) {
    if (const auto named = environment("TEMPORAL_CLI")) {
        return executable(*named);
    }
    if (const auto cache = cache_folder(environment)) {
        if (const auto found = executable(*cache / "bin" / "temporal")) {
            return found;
        }
    }
    return find_on_path("temporal", environment("PATH").value_or(""));
}

std::optional<fs::path> find_beside(const std::string& name) {
    std::error_code error;
    const fs::path self = fs::read_symlink("/proc/self/exe", error);
    return error ? std::nullopt : executable(self.parent_path() / name);
}

}  // namespace inference::cli
