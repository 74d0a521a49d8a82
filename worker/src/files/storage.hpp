/// @file files/storage.hpp
/// @brief What keeps files: this machine's file system, or an object store.
#pragma once

#include "contracts/result.hpp"
#include "files/assemble.hpp"
#include "files/byte_source.hpp"
#include "files/replace_file.hpp"
#include "files/result_log.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace inference {

/// The part of a batch's log whose lines no chunk wrote: items that were refused.
inline constexpr std::int64_t kRefusals = -1;

/// The files below are named by an absolute path, or by "s3://bucket/key".
///
/// Threads: any.
/// Errors:  StorageError.
class Storage {
public:
    Storage() = default;
    Storage(const Storage&) = delete;
    Storage& operator=(const Storage&) = delete;
    virtual ~Storage() = default;

    [[nodiscard]] virtual std::unique_ptr<const ByteSource> open(const std::string& name) const = 0;
    /// The file appears whole, as in replace_file().
    virtual void replace(
        const std::string& name, const std::function<void(const WriteBytes&)>& fill
    ) const = 0;
    /// One that is not there is no error.
    virtual void remove(const std::string& name) const = 0;
    /// The folder that `name` lies in is there.
    virtual void make_folder_of(const std::string& name) const = 0;

    /// Keeps two batches from writing the same output: what claim() in claim.hpp says.
    [[nodiscard]] virtual Result<void> claim(const std::string& output, std::string_view job_id)
        const = 0;
    /// The log of a file that a batch is making, for the chunk that begins with this item, or kRefusals.
    [[nodiscard]] virtual std::unique_ptr<ResultLog> log(
        const std::string& file, std::int64_t chunk
    ) const = 0;
    /// Where lines will stand that are written from now on.
    [[nodiscard]] virtual std::uint64_t log_end(const std::string& file) const = 0;
    /// The lines of a chunk from there on, and maybe those of others. A log that is not there has none.
    virtual void read_log(
        const std::string& file, std::int64_t chunk, std::uint64_t from, const VisitResult& visit
    ) const = 0;
    /// Makes the two files of their logs, as assemble() in assemble.hpp says. Done a second time, also after a clear() that broke
    /// off, it leaves what is there and says the same.
    [[nodiscard]] virtual Assembled assemble(
        const std::string& output, const std::string& errors, std::int64_t items
    ) const = 0;
    /// Takes away the logs and the claim: the files alone remain.
    virtual void clear(const std::string& output, const std::string& errors) const = 0;
};

}  // namespace inference
