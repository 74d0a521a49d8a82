#include "config/config.hpp"

#include <filesystem>

namespace inference {

std::string default_channel(const FilesConfig& files) {
    return "file:" + (files.dir / "events").string();
}

Config default_config(const std::filesystem::path& folder) {
    Config config;
    // "." keeps the folder a folder where it is empty: the working folder.
    config.files.roots = {(folder / ".").lexically_normal()};
    config.files.dir = (folder / "jobs-data").lexically_normal();
    config.jobs.store = "sqlite:" + (folder / "jobs.db").lexically_normal().string();
    config.events.channel = default_channel(config.files);
    return config;
}

}  // namespace inference
