#include "files/assemble.hpp"

#include "files/file_handle.hpp"
#include "files/journal.hpp"
#include "files/replace_file.hpp"

#include <fcntl.h>

#include <limits>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace inference {
namespace {

constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();

/// Where the line of each item stands.
struct Places {
    std::vector<std::uint64_t> offsets;
    std::vector<std::uint32_t> lengths;

    explicit Places(std::int64_t items)
        : offsets(static_cast<std::size_t>(items), kNone),
          lengths(static_cast<std::size_t>(items), 0) {}

    [[nodiscard]] bool has(std::size_t item) const { return offsets[item] != kNone; }
};

Places places_in(const std::filesystem::path& journal, std::int64_t items) {
    Places places(items);
    read_journal(journal, 0, [&](std::int64_t item, std::uint64_t offset, std::string_view line) {
        const auto place = static_cast<std::size_t>(item);
        if (item < items && !places.has(place)) {
            places.offsets[place] = offset;
            places.lengths[place] = static_cast<std::uint32_t>(line.size());
        }
    });
    return places;
}

/// Writes the lines of the items that `places` has and `but` has not; gives their number.
std::int64_t write_in_order(
    const std::filesystem::path& file, const Places& places, const Places* but, std::uint64_t& bytes
) {
    std::int64_t count = 0;
    const std::filesystem::path journal = partial_of(file);
    std::optional<FileHandle> lines;
    if (journal_size(journal) > 0) {
        lines.emplace(journal, O_RDONLY);
    }
    replace_file(file, [&](const WriteBytes& write) {
        std::string line;
        for (std::size_t item = 0; item < places.offsets.size(); ++item) {
            if (!places.has(item) || (but != nullptr && but->has(item))) {
                continue;
            }
            lines->read_at(places.offsets[item], places.lengths[item], line);
            line += '\n';
            write(line);
            bytes += line.size();
            ++count;
        }
    });
    return count;
}

}  // namespace

std::filesystem::path partial_of(const std::filesystem::path& file) {
    std::filesystem::path partial = file;
    partial += ".partial";
    return partial;
}

Assembled assemble(
    const std::filesystem::path& output, const std::filesystem::path& errors, std::int64_t items
) {
    const Places succeeded = places_in(partial_of(output), items);
    const Places failed = places_in(partial_of(errors), items);
    Assembled assembled;
    assembled.failed = write_in_order(errors, failed, &succeeded, assembled.bytes);
    assembled.succeeded = write_in_order(output, succeeded, nullptr, assembled.bytes);
    return assembled;
}

Assembled count_lines(const std::filesystem::path& output, const std::filesystem::path& errors) {
    Assembled counted;
    const auto count = [&](const std::filesystem::path& file, std::int64_t& lines) {
        read_journal(file, 0, [&](std::int64_t, std::uint64_t, std::string_view line) {
            ++lines;
            counted.bytes += line.size() + 1;
        });
    };
    count(output, counted.succeeded);
    count(errors, counted.failed);
    return counted;
}

void remove_journals(const std::filesystem::path& output, const std::filesystem::path& errors) {
    for (const auto& file : {output, errors}) {
        std::error_code error;
        std::filesystem::remove(partial_of(file), error);
        if (error) {
            throw StorageError("remove", partial_of(file), error.value());
        }
    }
}

}  // namespace inference
