#include "config/config.hpp"

#include <filesystem>

namespace inference {

Config default_config(const std::filesystem::path& folder) {
    Config config;
    // "." keeps the folder a folder where it is empty: the working folder.
    config.files.roots = {(folder / ".").lexically_normal()};
    config.files.dir = (folder / "jobs-data").lexically_normal();
    config.jobs.store = "sqlite:" + (folder / "jobs.db").lexically_normal().string();
    return config;
}

}  // namespace inference
