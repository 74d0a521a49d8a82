#include "activities/batch_ends.hpp"

#include "contracts/batch_line_id.hpp"
#include "contracts/fnv_hash.hpp"
#include "failure/application_failure.hpp"
#include "failure/value_or_throw.hpp"
#include "files/assemble.hpp"
#include "files/claim.hpp"
#include "files/file_handle.hpp"
#include "files/item_index.hpp"
#include "files/journal.hpp"
#include "files/replace_file.hpp"
#include "stages/batch_line.hpp"
#include "stages/preprocess.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <vector>

namespace inference {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// Results that a history can hold without being noticed.
constexpr std::uint64_t kSmallResults = 1024 * 1024;
constexpr std::size_t kShownProblems = 20;

/// Throws what Temporal understands.
template <class Step>
auto with_storage_errors(Step step) {
    try {
        return step();
    } catch (const StorageError& error) {
        throw to_activity_failure(storage_failed(error));
    }
}

void make_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) {
        throw StorageError("make", folder, error.value());
    }
}

/// out.jsonl -> out.errors.jsonl
fs::path errors_beside(const fs::path& output) {
    return output.parent_path() /
           (output.stem().string() + ".errors" + output.extension().string());
}

/// The items that are wrong: as many as anybody reads in words, all by their numbers.
class ItemProblems {
public:
    void add(std::int64_t item, std::int64_t line, const Error& problem) {
        items_.push_back(static_cast<std::uint64_t>(item));
        if (items_.size() <= kShownProblems) {
            text_ += "; line " + std::to_string(line) + ": " + problem.message;
        }
    }
    [[nodiscard]] const std::vector<std::uint64_t>& items() const noexcept { return items_; }
    [[nodiscard]] Error error(std::int64_t items) const {
        const std::string rest =
            items_.size() > kShownProblems
                ? "; and " + std::to_string(items_.size() - kShownProblems) + " more"
                : std::string();
        return fatal(
            ErrorCode::kValidation,
            std::to_string(items_.size()) + " of " + std::to_string(items) +
                " items are wrong, so nothing was sent; correct them, or set skip_invalid to let "
                "them fail alone" +
                text_ + rest
        );
    }

private:
    std::vector<std::uint64_t> items_;
    std::string text_;
};

/// Looks at every item as the chunk that sends it will.
class ItemCheck {
public:
    ItemCheck(const BatchRequest& request, const ModelRegistry& registry)
        : registry_(registry),
          defaults_{.model = request.model.value_or(""), .parameters = request.parameters} {}

    /// What is wrong with the item; nullopt: nothing.
    std::optional<Error> operator()(std::int64_t line_number, std::string_view text) {
        Result<BatchItem> item = parse_batch_line(text, defaults_);
        if (!item) {
            return item.error();
        }
        if (const auto other = line_with(item->custom_id, line_number)) {
            return fatal(
                ErrorCode::kValidation,
                "its custom_id stands in line " + std::to_string(*other) +
                    " already; each item has one of its own"
            );
        }
        const Result<Processed> processed = preprocess(std::move(item->request), registry_, {});
        if (!processed) {
            return processed.error();
        }
        if (model_.empty()) {
            model_ = processed->call.model;
        }
        return std::nullopt;
    }

    /// Of the first good item.
    [[nodiscard]] const std::string& model() const noexcept { return model_; }

private:
    /// Two hashes for an id, so that millions of them fit: two ids that share both are not to be expected in a lifetime.
    struct IdHash {
        std::size_t one;
        std::uint64_t other;
        bool operator==(const IdHash&) const = default;
    };
    struct Hasher {
        std::size_t operator()(const IdHash& id) const noexcept { return id.one; }
    };

    std::optional<std::int64_t> line_with(const std::string& custom_id, std::int64_t line) {
        const IdHash id{std::hash<std::string>()(custom_id), fnv_hash(custom_id)};
        const auto [found, is_new] = lines_.try_emplace(id, static_cast<std::uint32_t>(line));
        return is_new ? std::nullopt : std::optional<std::int64_t>(found->second);
    }

    const ModelRegistry& registry_;
    const BatchDefaults defaults_;
    std::string model_;
    std::unordered_map<IdHash, std::uint32_t, Hasher> lines_;
};

class Preparation {
public:
    Preparation(
        temporal::ActivityContext& ctx,
        const BatchRequest& request,
        const ModelRegistry& registry,
        const FileRoots& roots
    )
        : ctx_(ctx), request_(request), registry_(registry), roots_(roots) {}

    BatchOutline run(const BatchLimits& limits) {
        const std::string& job_id = ctx_.info().workflow_id;
        const fs::path folder = roots_.job_folder(job_id);
        make_folder(folder);
        BatchOutline outline{
            .files = files_in(folder),
            .returns_results = !request_.output_ref && !request_.error_ref,
            .heartbeat_timeout = limits.heartbeat_timeout,
            .history_limit = limits.history_limit
        };
        write_inline_items(outline.files.items);
        value_or_throw(claim(outline.files.output, job_id));
        // Made here, so that a folder that cannot be written shows now.
        const Journal output(partial_of(outline.files.output));
        Journal errors(partial_of(outline.files.errors));
        try {
            check_items(outline, errors);
        } catch (...) {
            give_up(outline.files);
            throw;
        }
        return outline;
    }

private:
    BatchFiles files_in(const fs::path& folder) {
        BatchFiles files{.job_id = ctx_.info().workflow_id};
        files.items = request_.items_ref
                          ? value_or_throw(roots_.existing(*request_.items_ref)).string()
                          : (folder / "items.jsonl").string();
        files.index = (folder / "items.index").string();
        const fs::path output = request_.output_ref
                                    ? value_or_throw(roots_.writable(*request_.output_ref))
                                    : folder / "output.jsonl";
        const fs::path errors = request_.error_ref
                                    ? value_or_throw(roots_.writable(*request_.error_ref))
                                : request_.output_ref ? errors_beside(output)
                                                      : folder / "errors.jsonl";
        if (output == errors) {
            throw to_activity_failure(fatal(
                ErrorCode::kValidation,
                "fields 'output_ref' and 'error_ref' name one file, " + output.string() +
                    "; choose two"
            ));
        }
        files.output = output.string();
        files.errors = errors.string();
        return files;
    }

    void write_inline_items(const fs::path& file) const {
        if (request_.items_ref) {
            return;
        }
        replace_file(file, [&](const WriteBytes& write) {
            for (const Json& item : request_.items) {
                write(item.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
            }
        });
    }

    /// Refused items fail alone, if they may: then their lines are the first in the journal.
    void check_items(BatchOutline& outline, Journal& errors) {
        ItemCheck check(request_, registry_);
        ItemProblems problems;
        const auto offsets = scan_items(
            outline.files.items,
            [&](std::int64_t item, std::int64_t line_number, std::string_view text) {
                ctx_.throw_if_canceled();
                const auto problem = check(line_number, text);
                if (!problem) {
                    return;
                }
                problems.add(item, line_number, *problem);
                if (request_.skip_invalid) {
                    const std::string id = batch_line_id(outline.files.job_id, item);
                    errors.append(error_line(id, custom_id_of(text), *problem));
                }
            }
        );
        outline.items = std::ssize(offsets) - 1;
        outline.model = request_.model.value_or(check.model());
        if (outline.items == 0) {
            throw to_activity_failure(fatal(
                ErrorCode::kValidation,
                "field 'items_ref' names a file without an item; it takes one JSON object a line"
            ));
        }
        if (!problems.items().empty() && !request_.skip_invalid) {
            throw to_activity_failure(problems.error(outline.items));
        }
        write_index(outline.files.index, offsets);
        if (!problems.items().empty()) {
            outline.files.refused = outline.files.index + ".refused";
            write_index(outline.files.refused, problems.items());
        }
    }

    /// The output is as it was before, and free for another batch.
    static void give_up(const BatchFiles& files) {
        remove_journals(files.output, files.errors);
        release(files.output);
    }

    temporal::ActivityContext& ctx_;
    const BatchRequest& request_;
    const ModelRegistry& registry_;
    const FileRoots& roots_;
};

/// Both files as one list in the order of the items.
Json read_results(const BatchFiles& files, std::int64_t items) {
    std::vector<Json> lines(static_cast<std::size_t>(items));
    for (const std::string& file : {files.output, files.errors}) {
        read_journal(file, 0, [&](std::int64_t item, std::uint64_t, std::string_view line) {
            lines.at(static_cast<std::size_t>(item)) = Json::parse(line);
        });
    }
    Json results = Json::array();
    for (Json& line : lines) {
        if (!line.is_null()) {
            results.push_back(std::move(line));
        }
    }
    return results;
}

Assembled put_together(const BatchEnd& end) {
    const bool is_done_already =
        !fs::exists(partial_of(end.files.output)) && fs::exists(end.files.output);
    return is_done_already ? count_lines(end.files.output, end.files.errors)
                           : assemble(end.files.output, end.files.errors, end.items);
}

}  // namespace

BatchOutline PreprocessBatchActivity::operator()(
    temporal::ActivityContext& ctx, BatchRequest request
) const {
    ctx.heartbeat_every(limits_.heartbeat_timeout / 3);
    return with_storage_errors([&] {
        return Preparation(ctx, request, *registry_, *roots_).run(limits_);
    });
}

BatchResponse postprocess_batch_activity(temporal::ActivityContext& ctx, BatchEnd end) {
    ctx.heartbeat_every(ctx.info().heartbeat_timeout.value_or(std::chrono::seconds{3}) / 3);
    return with_storage_errors([&] {
        const Assembled assembled = put_together(end);
        BatchResponse response{
            .job_id = end.files.job_id,
            .counts =
                {.total = end.items,
                 .succeeded = assembled.succeeded,
                 .failed = assembled.failed,
                 .canceled = end.items - assembled.succeeded - assembled.failed},
            .usage = end.usage
        };
        if (end.returns_results && assembled.bytes <= kSmallResults) {
            response.results = read_results(end.files, end.items);
        } else {
            response.output_ref = file_ref(end.files.output);
            response.error_ref = file_ref(end.files.errors);
        }
        // OUTPUT's first: once it is gone, a try after a crash takes the files as they are, and needs none.
        remove_journals(end.files.output, end.files.errors);
        release(end.files.output);
        return response;
    });
}

}  // namespace inference
