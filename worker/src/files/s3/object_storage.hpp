/// @file files/s3/object_storage.hpp
/// @brief Files as objects of an S3 store.
#pragma once

#include "files/s3/object_name.hpp"
#include "files/s3/s3_client.hpp"
#include "files/storage.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace inference {

/// The log of FILE is what lies below FILE.partial/, in a folder for each chunk; the claim of OUTPUT is the object OUTPUT.lock.
/// OUTPUT's own metadata say for which claim it was made, so a second assemble() knows it for its own.
///
/// Disk: assemble() keeps the logs and the files in `scratch` while it runs.
class ObjectStorage final : public Storage {
public:
    /// @param scratch A folder of this machine; made if it is not there.
    ObjectStorage(std::shared_ptr<const S3Client> client, std::filesystem::path scratch);

    [[nodiscard]] std::unique_ptr<const ByteSource> open(const std::string& name) const override;
    void replace(const std::string& name, const std::function<void(const WriteBytes&)>& fill)
        const override;
    void remove(const std::string& name) const override;
    void make_folder_of(const std::string& name) const override;
    [[nodiscard]] Result<void> claim(const std::string& output, std::string_view job_id)
        const override;
    [[nodiscard]] std::unique_ptr<ResultLog> log(const std::string& file, std::int64_t chunk)
        const override;
    [[nodiscard]] std::uint64_t log_end(const std::string& file) const override;
    void read_log(
        const std::string& file, std::int64_t chunk, std::uint64_t from, const VisitResult& visit
    ) const override;
    [[nodiscard]] Assembled assemble(
        const std::string& output, const std::string& errors, std::int64_t items
    ) const override;
    void clear(const std::string& output, const std::string& errors) const override;

private:
    /// What an earlier assemble() made for the claim that stands, or stood.
    [[nodiscard]] std::optional<Assembled> assembled_before(const std::string& output) const;
    void download_log(const std::string& file, const std::filesystem::path& journal) const;
    void upload(
        const std::filesystem::path& file,
        const std::string& name,
        const std::map<std::string, std::string>& metadata
    ) const;
    [[nodiscard]] std::string read(const ObjectName& name) const;

    std::shared_ptr<const S3Client> client_;
    std::filesystem::path scratch_;
};

/// The folder of what a batch needs while it makes FILE: "FILE.partial/". All of it goes with clear().
std::string object_log_of(const std::string& file);

}  // namespace inference
