#include "activities/batch_ends.hpp"

#include "contracts/batch_line_id.hpp"
#include "contracts/fnv_hash.hpp"
#include "failure/application_failure.hpp"
#include "failure/value_or_throw.hpp"
#include "files/item_index.hpp"
#include "files/line_reader.hpp"
#include "files/s3/object_storage.hpp"
#include "files/storage_error.hpp"
#include "stages/batch_line.hpp"
#include "stages/preprocess.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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

/// out.jsonl -> out.errors.jsonl
std::string errors_beside(const std::string& output) {
    const std::size_t name = output.rfind('/') + 1;
    const std::size_t dot = std::min(output.rfind('.'), output.size());
    const std::size_t end = dot > name ? dot : output.size();
    return output.substr(0, end) + ".errors" + output.substr(end);
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
        const Stores& stores,
        WorkObserver& observer
    )
        : ctx_(ctx), request_(request), registry_(registry), stores_(stores), observer_(observer) {}

    BatchOutline run(const BatchLimits& limits) {
        const std::string& job_id = ctx_.info().workflow_id;
        BatchOutline outline{
            .files = files(job_id),
            .returns_results = !request_.output_ref && !request_.error_ref,
            .heartbeat_timeout = limits.heartbeat_timeout,
            .history_limit = limits.history_limit
        };
        const Storage& storage = stores_.of(outline.files.output);
        write_inline_items(outline.files.items);
        value_or_throw(storage.claim(outline.files.output, job_id));
        // Made here, so that a folder that cannot be written shows now.
        const auto output = storage.log(outline.files.output, kRefusals);
        const auto errors = storage.log(outline.files.errors, kRefusals);
        try {
            check_items(outline, *errors);
            errors->finish();
        } catch (...) {
            // The output is as it was before, and free for another batch.
            storage.clear(outline.files.output, outline.files.errors);
            throw;
        }
        return outline;
    }

private:
    BatchFiles files(const std::string& job_id) const {
        BatchFiles files{.job_id = job_id};
        files.output = request_.output_ref ? value_or_throw(stores_.writable(*request_.output_ref))
                                           : own_file("output.jsonl");
        files.errors = request_.error_ref    ? value_or_throw(stores_.writable(*request_.error_ref))
                       : request_.output_ref ? errors_beside(files.output)
                                             : own_file("errors.jsonl");
        require_one_place(files);
        files.items = request_.items_ref ? value_or_throw(stores_.existing(*request_.items_ref))
                                         : working_file(files, "items.jsonl");
        files.index = working_file(files, "items.index");
        return files;
    }

    static void require_one_place(const BatchFiles& files) {
        if (files.output == files.errors) {
            throw to_activity_failure(fatal(
                ErrorCode::kValidation,
                "fields 'output_ref' and 'error_ref' name one file, " + files.output +
                    "; choose two"
            ));
        }
        if (is_object_name(files.output) != is_object_name(files.errors)) {
            throw to_activity_failure(fatal(
                ErrorCode::kValidation,
                "the results go to " + files.output + " and the errors to " + files.errors +
                    "; choose files for both, or objects (fields 'output_ref' and 'error_ref')"
            ));
        }
    }

    std::string own_file(std::string_view name) const {
        std::string file = stores_.job_file(ctx_.info().workflow_id, name);
        stores_.of(file).make_folder_of(file);
        return file;
    }

    /// Beside the results where these are objects: then all workers have it.
    std::string working_file(const BatchFiles& files, std::string_view name) const {
        return is_object_name(files.output) ? object_log_of(files.output) + std::string(name)
                                            : own_file(name);
    }

    void write_inline_items(const std::string& file) const {
        if (request_.items_ref) {
            return;
        }
        stores_.of(file).replace(file, [&](const WriteBytes& write) {
            for (const Json& item : request_.items) {
                write(item.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
            }
        });
    }

    void write_numbers(const std::string& file, const std::vector<std::uint64_t>& numbers) const {
        stores_.of(file).replace(file, [&](const WriteBytes& write) {
            write_index(numbers, write);
        });
    }

    /// Refused items fail alone, if they may: then their lines are the first in the journal.
    void check_items(BatchOutline& outline, ResultLog& errors) {
        ItemCheck check(request_, registry_);
        ItemProblems problems;
        const auto lines = stores_.of(outline.files.items).open(outline.files.items);
        const auto offsets = scan_items(
            *lines,
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
        write_numbers(outline.files.index, offsets);
        if (!problems.items().empty()) {
            outline.files.refused = outline.files.index + ".refused";
            write_numbers(outline.files.refused, problems.items());
            observer_.items_ended(
                {.model = outline.model, .failed = std::ssize(problems.items()), .usage = {}}
            );
        }
    }

    temporal::ActivityContext& ctx_;
    const BatchRequest& request_;
    const ModelRegistry& registry_;
    const Stores& stores_;
    WorkObserver& observer_;
};

/// Both files as one list in the order of the items.
Json read_results(const Storage& storage, const BatchFiles& files, std::int64_t items) {
    std::vector<Json> lines(static_cast<std::size_t>(items));
    for (const std::string& file : {files.output, files.errors}) {
        const auto source = storage.open(file);
        LineReader reader(*source);
        while (const auto line = reader.next()) {
            if (const auto item = item_of_line(line->text)) {
                lines.at(static_cast<std::size_t>(*item)) = Json::parse(line->text);
            }
        }
    }
    Json results = Json::array();
    for (Json& line : lines) {
        if (!line.is_null()) {
            results.push_back(std::move(line));
        }
    }
    return results;
}

}  // namespace

BatchOutline PreprocessBatchActivity::operator()(
    temporal::ActivityContext& ctx, BatchRequest request
) const {
    ctx.heartbeat_every(limits_.heartbeat_timeout / 3);
    BatchOutline outline = with_storage_errors([&] {
        return Preparation(ctx, request, *registry_, *stores_, *observer_).run(limits_);
    });
    if (attributes_ != nullptr) {
        outline.search_attributes = attributes_->get(RegisteredAttributes::Clock::now());
    }
    return outline;
}

BatchResponse PostprocessBatchActivity::operator()(temporal::ActivityContext& ctx, BatchEnd end)
    const {
    ctx.heartbeat_every(ctx.info().heartbeat_timeout.value_or(std::chrono::seconds{3}) / 3);
    return with_storage_errors([&] {
        const BatchFiles& files = end.files;
        const Storage& storage = stores_->of(files.output);
        const Assembled assembled = storage.assemble(files.output, files.errors, end.items);
        BatchResponse response{
            .job_id = files.job_id,
            .counts =
                {.total = end.items,
                 .succeeded = assembled.succeeded,
                 .failed = assembled.failed,
                 .canceled = end.items - assembled.succeeded - assembled.failed},
            .usage = end.usage
        };
        if (end.returns_results && assembled.bytes <= kSmallResults) {
            response.results = read_results(storage, files, end.items);
        } else {
            response.output_ref = ref_of(files.output);
            response.error_ref = ref_of(files.errors);
        }
        storage.clear(files.output, files.errors);
        for (const std::string& file : {files.index, files.refused}) {
            if (!file.empty()) {
                stores_->of(file).remove(file);
            }
        }
        return response;
    });
}

}  // namespace inference
