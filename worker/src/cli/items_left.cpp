#include "cli/items_left.hpp"

#include "cli/batch_check.hpp"
#include "cli/batch_text.hpp"
#include "cli/command_error.hpp"
#include "contracts/batch_line_id.hpp"
#include "contracts/json_field.hpp"
#include "files/item_index.hpp"
#include "files/line_reader.hpp"
#include "files/storage_error.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace inference::cli {
namespace {

/// A file of the batch, as this command may read it.
std::string readable(
    const std::string& ref, const char* what, const std::string& job_id, const Stores& stores
) {
    auto file = stores.existing(ref);
    if (!file) {
        throw CommandError(
            ExitCode::kUsage,
            "the " + std::string(what) + " of batch '" + job_id +
                "' cannot be read from here: " + file.error().message +
                "; run this with the configuration of the workers (--config) where their files are"
        );
    }
    return *std::move(file);
}

template <class Read>
void with_usage_errors(const Read& read) {
    try {
        read();
    } catch (const StorageError& error) {
        throw CommandError(ExitCode::kUsage, error.what());
    }
}

/// In the order of the items, as scan_items() tells of them.
void visit_items(const FinishedBatch& batch, const Stores& stores, const VisitItem& visit) {
    const BatchRequest& request = batch.request;
    if (request.items_ref) {
        const auto file = readable(*request.items_ref, "file", batch.response.job_id, stores);
        with_usage_errors([&] { scan_items(*stores.of(file).open(file), visit); });
        return;
    }
    std::int64_t place = 0;
    for (const nlohmann::json& item : request.items) {
        visit(place, place + 1, to_line(item));
        ++place;
    }
}

/// The item that a line of inline results is about.
std::optional<std::int64_t> item_of(const nlohmann::json& line) {
    const nlohmann::json* id = field(line, "id");
    return id != nullptr && id->is_string()
               ? item_of_line(R"({"id":")" + id->get<std::string>() + R"("})")
               : std::nullopt;
}

/// Calls `visit` with each item that has a result.
template <class Visit>
void visit_done(const BatchResponse& response, const Stores& stores, const Visit& visit) {
    if (response.output_ref) {
        const auto file = readable(*response.output_ref, "output", response.job_id, stores);
        with_usage_errors([&] {
            const auto source = stores.of(file).open(file);
            LineReader lines(*source);
            while (const auto line = lines.next()) {
                if (const auto item = item_of_line(line->text)) {
                    visit(*item);
                }
            }
        });
        return;
    }
    for (const nlohmann::json& line : response.results) {
        const auto item = item_of(line);
        if (item && !is_error_line(line)) {
            visit(*item);
        }
    }
}

}  // namespace

ItemsLeft::ItemsLeft(const FinishedBatch& batch, const Stores& stores)
    : batch_(batch),
      stores_(stores),
      left_(static_cast<std::size_t>(batch.response.counts.total), true) {
    visit_done(batch.response, stores, [this](std::int64_t item) {
        if (const auto place = static_cast<std::size_t>(item); place < left_.size()) {
            left_[place] = false;
        }
    });
    const BatchRequest& request = batch.request;
    BatchCheck check({.model = request.model.value_or(""), .parameters = request.parameters});
    visit_items(
        batch,
        stores,
        [&](std::int64_t item, std::int64_t line_number, std::string_view text) {
            const auto place = static_cast<std::size_t>(item);
            const std::int64_t invalid_before = check.invalid();
            check.add(line_number, text);
            if (place >= left_.size() || !left_[place]) {
                return;
            }
            const bool is_invalid = check.invalid() > invalid_before;
            left_[place] = !is_invalid;
            ++(is_invalid ? invalid_ : count_);
        }
    );
    if (check.items() != batch.response.counts.total) {
        throw CommandError(
            ExitCode::kUsage,
            request.items_ref.value_or("the request") + " has " + std::to_string(check.items()) +
                " items, and batch '" + batch.response.job_id + "' read " +
                std::to_string(batch.response.counts.total) +
                " there; bring back the file as it was, or start it as a batch of its own"
        );
    }
}

void ItemsLeft::write(const WriteBytes& write) const {
    visit_items(batch_, stores_, [&](std::int64_t item, std::int64_t, std::string_view text) {
        const auto place = static_cast<std::size_t>(item);
        if (place < left_.size() && left_[place]) {
            write(std::string(text) + "\n");
        }
    });
}

}  // namespace inference::cli
