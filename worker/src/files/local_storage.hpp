/// @file files/local_storage.hpp
/// @brief Files of this machine's file system, or of one that machines share.
#pragma once

#include "files/storage.hpp"

namespace inference {

/// The log of FILE is FILE.partial, that of all chunks; see Journal.
class LocalStorage final : public Storage {
public:
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
};

}  // namespace inference
