#include "cli/list.hpp"

#include "cli/command_error.hpp"
#include "cli/command_line.hpp"
#include "cli/connect.hpp"
#include "cli/find_status.hpp"
#include "cli/list_filter.hpp"
#include "cli/list_table.hpp"
#include "cli/parallel.hpp"
#include "cli/stop_signals.hpp"
#include "temporal/error.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace inference::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kDefaultLimit = 100;
constexpr std::size_t kMost = 100'000;

struct ListOptions {
    ListArguments filter;
    std::size_t limit = kDefaultLimit;
};

Timestamp in_milliseconds(std::chrono::system_clock::time_point time) {
    return std::chrono::floor<std::chrono::milliseconds>(time);
}

/// Collects jobs as the server lists their runs, one more than the limit where there are more.
class JobList {
public:
    JobList(
        const temporal::Client& client,
        const ListFilter& filter,
        std::size_t limit,
        std::stop_token stop
    )
        : client_(client), filter_(filter), limit_(limit), stop_(std::move(stop)) {}

    void collect() {
        client_.list(
            list_query(filter_),
            [this](const temporal::WorkflowExecution& run) { return take(run); },
            {},
            {.timeout = kLongest, .stop = stop_}
        );
        look_at_candidates();
        std::ranges::sort(found_, std::ranges::greater(), &ListedJob::started);
    }

    [[nodiscard]] bool has_more() const noexcept { return has_more_; }
    [[nodiscard]] const std::vector<ListedJob>& jobs() const noexcept { return found_; }

private:
    /// Of all pages together: a filter may have to go through a whole namespace, and a signal ends it.
    static constexpr std::chrono::hours kLongest{1};
    static constexpr std::size_t kAtOnce = 100;

    struct Candidate {
        std::string job_id;
        Timestamp started;
    };

    /// False once there are enough. An id's runs are one job: the first that comes is its newest.
    bool take(const temporal::WorkflowExecution& run) {
        if (!may_match(filter_, run.memo) || !seen_.insert(run.workflow_id).second) {
            return !has_more_;
        }
        candidates_.push_back({run.workflow_id, in_milliseconds(run.start_time)});
        if (candidates_.size() >= std::min(kAtOnce, limit_ + 1 - found_.size())) {
            look_at_candidates();
        }
        return !has_more_;
    }

    void look_at_candidates() {
        std::vector<std::optional<JobStatus>> statuses(candidates_.size());
        in_parallel(candidates_.size(), [&](std::size_t i) {
            statuses[i] = status_of(candidates_[i].job_id);
        });
        for (std::size_t i = 0; i < statuses.size(); ++i) {
            if (!statuses[i] || !matches(filter_, *statuses[i])) {
                continue;
            }
            if (found_.size() == limit_) {
                has_more_ = true;
                break;
            }
            found_.push_back({*std::move(statuses[i]), candidates_[i].started});
        }
        candidates_.clear();
    }

    /// nullopt where it is gone since it was listed, or its id is a run of another program now.
    std::optional<JobStatus> status_of(const std::string& job_id) const {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(workers_answer_until_ - Clock::now());
        try {
            return find_status(
                client_.handle(job_id), {.stop = stop_, .patience = left, .asks_of_ended = false}
            );
        } catch (const temporal::WorkflowNotFound&) {
            return std::nullopt;
        } catch (const CommandError&) {
            return std::nullopt;
        }
    }

    const temporal::Client& client_;
    const ListFilter& filter_;
    const std::size_t limit_;
    const std::stop_token stop_;
    /// Of all jobs together.
    const Clock::time_point workers_answer_until_ = Clock::now() + kWorkerPatience;
    std::vector<Candidate> candidates_;
    std::unordered_set<std::string> seen_;
    std::vector<ListedJob> found_;
    bool has_more_ = false;
};

void print(const JobList& list, const Invocation& invocation) {
    if (!invocation.json()) {
        if (!list.jobs().empty()) {
            invocation.out << to_table(list.jobs());
        }
        return;
    }
    nlohmann::json rows = nlohmann::json::array();
    for (const ListedJob& job : list.jobs()) {
        rows.push_back(job.status);
    }
    invocation.print(rows);
}

ExitCode list(const ListOptions& options, Invocation& invocation) {
    const ListFilter filter =
        read_list_filter(options.filter, in_milliseconds(std::chrono::system_clock::now()));
    const StopSignals signals;
    const temporal::Client client = connect(invocation, signals);
    JobList list(client, filter, options.limit, signals.token());
    try {
        list.collect();
    } catch (const temporal::RpcError&) {
        if (const auto signal = signals.received()) {
            throw CommandError(stopped_by(*signal), "stopped before the list was whole");
        }
        throw;
    }
    print(list, invocation);
    if (list.jobs().empty()) {
        invocation.err << "no such job in namespace '" << client.namespace_name() << "'\n";
    } else if (list.has_more()) {
        invocation.err << "there are more than these " << list.jobs().size()
                       << "; --limit shows more, --state, --model, --priority and --since choose\n";
    }
    return ExitCode::kDone;
}

}  // namespace

void add_list(CommandLine& line) {
    const auto options = std::make_shared<ListOptions>();
    CLI::App& command = line.add(
        "list",
        "Lists the jobs that Temporal holds, newest first",
        [options](Invocation& invocation) { return list(*options, invocation); }
    );
    command.add_option("--state", options->filter.state, "One of " + job_state_names())
        ->type_name("STATE");
    command.add_option("--model", options->filter.model, "Of this model only")->type_name("MODEL");
    command.add_option("--priority", options->filter.priority, "high, normal or low")
        ->type_name("PRIORITY");
    command
        .add_option(
            "--since",
            options->filter.since,
            "Started no longer ago (2h, 7d), or at a time in UTC or later"
        )
        ->type_name("TIME");
    command.add_option("--limit", options->limit, "How many at most")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{1}, kMost))
        ->capture_default_str();
    command.footer("Example: inference-worker list --state failed --since 24h");
}

}  // namespace inference::cli
