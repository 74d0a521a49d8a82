#include "activities/infer_batch.hpp"

#include "activities/heartbeat_interval.hpp"
#include "contracts/batch_line_id.hpp"
#include "contracts/json_field.hpp"
#include "events/step_events.hpp"
#include "failure/application_failure.hpp"
#include "files/item_index.hpp"
#include "files/storage_error.hpp"
#include "stages/batch_line.hpp"
#include "stages/call_batch.hpp"
#include "stages/preprocess.hpp"
#include "stages/reply_check.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace inference {
namespace {

using Json = nlohmann::json;

using Clock = std::chrono::steady_clock;

/// How often a chunk looks up from its calls.
constexpr std::chrono::seconds kLook{1};
/// A slot that is taken is worth something: reading a chunk is not free.
constexpr std::chrono::seconds kLeastHold{5};
constexpr std::chrono::seconds kLongestEnd{20};
/// Calls whose results are written down together: what a store takes to answer is paid once for all that came meanwhile.
constexpr std::size_t kMostTogether = 64;
constexpr std::chrono::milliseconds kAtOnce{0};

TokenUsage usage_of(const Json& body) {
    const Json* const usage = field(body, "usage");
    if (usage == nullptr) {
        return {};
    }
    const auto read = [usage](const char* key) -> std::int64_t {
        const Json* const tokens = field(*usage, key);
        return tokens != nullptr && tokens->is_number_integer() ? tokens->get<std::int64_t>() : 0;
    };
    return {
        .prompt_tokens = read("prompt_tokens"),
        .completion_tokens = read("completion_tokens"),
        .total_tokens = read("total_tokens")
    };
}

/// How much stood in the logs when the first attempt began: what is of this chunk comes after.
struct LogSizes {
    std::uint64_t output = 0;
    std::uint64_t errors = 0;
};

/// An item that is not done yet.
struct PendingItem {
    std::string custom_id;
    EngineCall call;
    ReplyShape shape;
};

class ChunkRun {
public:
    ChunkRun(
        temporal::ActivityContext& ctx,
        ChunkTask task,
        const BatchLanes& lanes,
        const ModelRegistry& registry,
        const Stores& stores,
        HandOver& hand_over,
        std::size_t queue,
        WorkObserver& observer
    )
        : ctx_(ctx),
          task_(std::move(task)),
          registry_(registry),
          stores_(stores),
          storage_(stores.of(task_.files.output)),
          observer_(observer),
          turn_(hand_over, queue),
          output_(storage_.log(task_.files.output, task_.first)),
          errors_(storage_.log(task_.files.errors, task_.first)),
          items_(static_cast<std::size_t>(task_.count)),
          chunk_(lanes.join([this](const auto& items) { return call_of(items); })) {}

    ChunkReport run() {
        const std::stop_callback canceled(ctx_.stop_token(), [this] { chunk_->wake(); });
        const std::stop_callback draining(ctx_.worker_shutting_down(), [this] { chunk_->wake(); });
        const std::vector<bool> done = done_before();
        prepare(done);
        while (pending_ > 0 && !is_to_end()) {
            take_all(chunk_->wait(kLook));
        }
        output_->finish();
        errors_->finish();
        report_.remaining = pending_;
        return report_;
    }

private:
    [[nodiscard]] std::string id_of(std::uint32_t item) const {
        return batch_line_id(task_.files.job_id, task_.first + item);
    }

    /// What attempts before have written down, and its share of the report.
    std::vector<bool> done_before() {
        std::vector<bool> done(items_.size(), false);
        const auto before = ctx_.heartbeat_details<std::uint64_t, std::uint64_t>();
        const bool is_first = !before && ctx_.attempt() == 1 && !task_.begun;
        LogSizes from;
        if (is_first) {
            from = {
                .output = storage_.log_end(task_.files.output),
                .errors = storage_.log_end(task_.files.errors)
            };
        } else if (before) {
            from = {.output = std::get<0>(*before), .errors = std::get<1>(*before)};
        }
        ctx_.heartbeat(from.output, from.errors);
        ctx_.heartbeat_every(heartbeat_interval(ctx_.info()));
        if (!is_first) {
            read_done(task_.files.output, from.output, done, true);
            read_done(task_.files.errors, from.errors, done, false);
        }
        return done;
    }

    void read_done(
        const std::string& file, std::uint64_t from, std::vector<bool>& done, bool succeeded
    ) {
        storage_.read_log(file, task_.first, from, [&](std::int64_t item, std::string_view line) {
            const std::int64_t place = item - task_.first;
            if (place < 0 || place >= task_.count || done[static_cast<std::size_t>(place)]) {
                return;
            }
            done[static_cast<std::size_t>(place)] = true;
            ++(succeeded ? report_.succeeded : report_.failed);
            if (succeeded) {
                const Json parsed = Json::parse(line, nullptr, /*allow_exceptions=*/false);
                const Json* const response = field(parsed, "response");
                const Json* const body = response == nullptr ? nullptr : field(*response, "body");
                report_.usage += usage_of(body == nullptr ? Json() : *body);
            }
        });
    }

    [[nodiscard]] std::unique_ptr<const ByteSource> opened(const std::string& file) const {
        return stores_.of(file).open(file);
    }

    /// What preprocess_batch has refused, and written down.
    [[nodiscard]] std::vector<bool> refused_before() const {
        std::vector<bool> refused(items_.size(), false);
        if (task_.files.refused.empty()) {
            return refused;
        }
        for (const std::uint64_t item : read_index(*opened(task_.files.refused))) {
            const std::int64_t place = static_cast<std::int64_t>(item) - task_.first;
            if (place >= 0 && place < task_.count) {
                refused[static_cast<std::size_t>(place)] = true;
            }
        }
        return refused;
    }

    void prepare(const std::vector<bool>& done) {
        const auto lines = read_items(
            *opened(task_.files.items), *opened(task_.files.index), task_.first, task_.count
        );
        const BatchDefaults defaults{.model = task_.model, .parameters = task_.parameters};
        const std::vector<bool> refused = refused_before();
        for (std::uint32_t item = 0; item < lines.size(); ++item) {
            if (done[item]) {
                continue;
            }
            if (refused[item]) {
                ++report_.failed;
                continue;
            }
            ++pending_;
            if (const auto error = prepare_item(item, lines[item], defaults)) {
                lose(item, custom_id_of(lines[item]), task_.model, *error);
            }
        }
    }

    std::optional<Error> prepare_item(
        std::uint32_t item, const std::string& line, const BatchDefaults& defaults
    ) {
        Result<BatchItem> parsed = parse_batch_line(line, defaults);
        if (!parsed) {
            return parsed.error();
        }
        const JobContext job{.job_id = id_of(item), .queue_priority = task_.priority};
        Result<Processed> processed = preprocess(std::move(parsed->request), registry_, job);
        if (!processed) {
            return processed.error();
        }
        items_[item] = {
            .custom_id = std::move(parsed->custom_id),
            .call = std::move(processed->call),
            .shape = processed->shape
        };
        const EngineCall& call = items_[item]->call;
        chunk_->add(registry_.lookup(call.model)->get(), item, batch_kind(call));
        return std::nullopt;
    }

    /// On any thread, while items_ stays as it is: an item is emptied only when no call has it.
    [[nodiscard]] EngineCall call_of(const std::vector<std::uint32_t>& items) const {
        return merge_calls(calls_of(items));
    }

    [[nodiscard]] std::vector<const EngineCall*> calls_of(const std::vector<std::uint32_t>& items
    ) const {
        std::vector<const EngineCall*> calls;
        for (const std::uint32_t item : items) {
            calls.push_back(&items_[item]->call);
        }
        return calls;
    }

    [[nodiscard]] bool is_to_end() {
        ctx_.throw_if_canceled();
        if (const auto error = chunk_->lost()) {
            throw to_activity_failure(*error);
        }
        if (!stopped_sending_ && is_to_stop()) {
            chunk_->stop_sending();
            stopped_sending_ = Clock::now();
        }
        // What takes longer is cancelled as the chunk leaves, and sent again by who goes on.
        return stopped_sending_ &&
               (chunk_->under_way() == 0 || Clock::now() - *stopped_sending_ >= kLongestEnd);
    }

    [[nodiscard]] bool is_to_stop() {
        return (task_.stops_at_failure && report_.failed > 0) ||
               ctx_.worker_shutting_down().stop_requested() ||
               (Clock::now() - began_ >= kLeastHold && turn_.is_to_go());
    }

    /// This end, and those that have come with it.
    void take_all(std::optional<CallEnd> end) {
        std::vector<CallEnd> written;
        for (std::size_t taken = 1; end && taken <= kMostTogether; ++taken) {
            if (take(*end)) {
                written.push_back(*std::move(end));
            }
            end = taken < kMostTogether ? chunk_->wait(kAtOnce) : std::nullopt;
        }
        output_->commit();
        errors_->commit();
        for (const CallEnd& answered : written) {
            chunk_->answered(answered);
        }
    }

    /// True if it brought results: they are written, and only have to be committed before its place goes to another call.
    bool take(CallEnd& end) {
        if (std::holds_alternative<Cancelled>(end.outcome)) {
            return false;
        }
        if (const auto* error = std::get_if<Error>(&end.outcome)) {
            failed(end, *error);
            return false;
        }
        auto reply = std::get<EngineReply>(std::move(end.outcome));
        if (const auto error = write(end, std::move(reply))) {
            failed(end, *error);
            return false;
        }
        return true;
    }

    std::optional<Error> write(const CallEnd& end, EngineReply reply) {
        const auto calls = calls_of(end.items);
        const ReplyShape shape = merged_shape(items_[end.items.front()]->shape, calls);
        if (auto error = check_reply(reply, shape)) {
            return error;
        }
        const auto parts = split_reply(std::move(reply.body), calls);
        if (!parts) {
            return parts.error();
        }
        for (std::size_t i = 0; i < end.items.size(); ++i) {
            write_result(end.items[i], (*parts)[i]);
        }
        return std::nullopt;
    }

    void write_result(std::uint32_t item, const Json& body) {
        const std::string id = id_of(item);
        output_->append(result_line(id, items_[item]->custom_id, id, body));
        const TokenUsage usage = usage_of(body);
        report_.usage += usage;
        ++report_.succeeded;
        observer_.items_ended({.model = items_[item]->call.model, .succeeded = 1, .usage = usage});
        end_item(item);
    }

    void failed(const CallEnd& end, const Error& error) {
        const std::vector<LaneLoss> losses = chunk_->failed(end, error);
        if (error.sent && losses.size() < end.items.size()) {
            observer_.items_tried_again(end.model, to_string(error.error_class));
        }
        for (const LaneLoss& loss : losses) {
            const std::uint32_t item = loss.item.item;
            lose(item, items_[item]->custom_id, end.model, loss.error);
        }
    }

    void lose(
        std::uint32_t item,
        const std::string& custom_id,
        const std::string& model,
        const Error& error
    ) {
        errors_->append(error_line(id_of(item), custom_id, error));
        ++report_.failed;
        observer_.items_ended({.model = model, .failed = 1, .usage = {}});
        if (!report_.first_error) {
            report_.first_error = error;
        }
        end_item(item);
    }

    void end_item(std::uint32_t item) {
        items_[item].reset();
        --pending_;
    }

    temporal::ActivityContext& ctx_;
    const ChunkTask task_;
    const ModelRegistry& registry_;
    const Stores& stores_;
    const Storage& storage_;  // Of the results.
    WorkObserver& observer_;
    HandOver::Turn turn_;
    const Clock::time_point began_ = Clock::now();
    std::optional<Clock::time_point> stopped_sending_;
    std::unique_ptr<ResultLog> output_;
    std::unique_ptr<ResultLog> errors_;
    std::vector<std::optional<PendingItem>> items_;
    std::int64_t pending_ = 0;
    ChunkReport report_;
    std::unique_ptr<BatchLanes::Chunk> chunk_;  // Last, so that it leaves first.
};

nlohmann::json progress_of(std::int64_t first, const ChunkReport& report) {
    return {
        {"first", first},
        {"succeeded", report.succeeded},
        {"failed", report.failed},
        {"remaining", report.remaining}
    };
}

}  // namespace

ChunkReport InferBatchActivity::operator()(temporal::ActivityContext& ctx, ChunkTask task) const {
    const std::int64_t first = task.first;
    StepEvents events(events_, ctx.info().workflow_id, ctx.info().workflow_run_id, 0);
    if (first == 0 && !task.begun) {
        events.stage(Stage::kInfer);
    }
    try {
        const ChunkReport report =
            ChunkRun(
                ctx, std::move(task), *lanes_, *registry_, *stores_, *hand_over_, queue_, *observer_
            )
                .run();
        events.progress(progress_of(first, report));
        return report;
    } catch (const StorageError& error) {
        throw to_activity_failure(storage_failed(error));
    }
}

}  // namespace inference
