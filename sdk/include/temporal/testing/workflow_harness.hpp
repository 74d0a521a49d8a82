/// @file temporal/testing/workflow_harness.hpp
/// @brief Runs one workflow without a server: the test answers its activities and moves its clock.
#pragma once

#include "temporal/converter.hpp"
#include "temporal/detail/workflow_type.hpp"
#include "temporal/failure.hpp"
#include "temporal/payload.hpp"
#include "temporal/priority.hpp"
#include "temporal/retry_policy.hpp"
#include "temporal/search_attributes.hpp"
#include "temporal/workflow.hpp"
#include "temporal/workflow_info.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace temporal::testing {

/// An activity that the workflow waits for.
struct OpenActivity {
    std::uint32_t seq = 0;
    std::string type;
    std::string task_queue;
    Payloads arguments;
    std::optional<Duration> start_to_close;
    std::optional<Duration> schedule_to_close;
    std::optional<Duration> heartbeat;
    std::optional<int> maximum_attempts;
    Priority priority;
    bool cancel_requested = false;
    std::string summary;
    bool is_local = false;
    int attempt = 1;  ///< Of a local one that was tried before.
};

/// A timer that the workflow waits for.
struct OpenTimer {
    std::uint32_t seq = 0;
    Duration duration{0};
    std::string summary;
    std::chrono::system_clock::time_point fires_at;
};

/// What has become of an update.
struct SentUpdate {
    std::string name;
    bool accepted = false;
    std::optional<Payload> result;  ///< Once it is completed.
    FailurePtr failure;  ///< Once it is refused, or its handler has failed.
};

/// How a run ended.
struct Completed {
    Payload result;
};
struct Failed {
    FailurePtr failure;
};
struct Canceled {
    Payloads details;
};
struct ContinuedAsNew {
    std::string workflow_type;
    Payloads arguments;
};
/// The workflow task failed: on a server it would be tried again until the code is mended.
struct TaskFailed {
    FailurePtr failure;
};
using RunEnd = std::variant<Completed, Failed, Canceled, ContinuedAsNew, TaskFailed>;

/// One run, driven by literals through the same state machine as on a worker.
///
/// Nothing waits: time is an argument and activities end when the test says so.
/// Threads: one.
/// @code
///   auto run = WorkflowHarness::make<Greeter>();
///   run.start(to_payloads(std::string("Ada")));
///   run.complete(run.activities().at(0).seq, to_payload(std::string("Hello, Ada")));
///   run.advance(5s);
///   EXPECT_EQ(run.result<std::string>(), "Hello, Ada!");
/// @endcode
class WorkflowHarness {
public:
    template <WorkflowClass W>
    static WorkflowHarness make(WorkflowInfo info = {}) {
        return WorkflowHarness(detail::workflow_type<W>(), std::move(info));
    }

    WorkflowHarness(detail::WorkflowType type, WorkflowInfo info);
    WorkflowHarness(WorkflowHarness&&) noexcept;
    WorkflowHarness& operator=(WorkflowHarness&&) noexcept;
    ~WorkflowHarness();

    void start(Payloads arguments = {});
    void signal(const std::string& name, Payloads input = {});
    /// What becomes of it is the last of updates().
    void update(const std::string& name, Payloads input = {});
    void cancel(const std::string& reason = "");

    void complete(std::uint32_t activity, Payload result);
    /// Fails the activity as the server reports it: `cause` in an ActivityFailure.
    void fail(std::uint32_t activity, FailurePtr cause);

    /// Fails an attempt of a local activity so that the next one is to come after a timer.
    void back_off(std::uint32_t activity, Duration wait);

    /// Moves the clock and fires the timers that fall due, each at its own time.
    void advance(Duration time);

    /// Errors: throws the Failure of the handler.
    [[nodiscard]] Payload query(const std::string& name, const Payloads& arguments = {});
    template <class R>
    [[nodiscard]] R query(const std::string& name) {
        return from_payload<R>(query(name));
    }

    /// In the order in which they were started.
    [[nodiscard]] const std::vector<OpenActivity>& activities() const noexcept;
    [[nodiscard]] const std::vector<OpenTimer>& timers() const noexcept;
    /// All that were sent, in their order.
    [[nodiscard]] const std::vector<SentUpdate>& updates() const noexcept;
    /// What the run was started with and has upserted since.
    [[nodiscard]] const SearchAttributes& search_attributes() const noexcept;
    /// How often it did so.
    [[nodiscard]] int search_attribute_upserts() const noexcept;
    [[nodiscard]] const PayloadMap& memo() const noexcept;
    [[nodiscard]] std::chrono::system_clock::time_point now() const noexcept;

    /// Empty while the run goes on.
    [[nodiscard]] const std::optional<RunEnd>& end() const noexcept;
    /// Errors: std::logic_error, saying how the run stands, unless it completed.
    template <class R>
    [[nodiscard]] R result() const {
        return from_payload<R>(completed_result());
    }

private:
    class Impl;
    [[nodiscard]] const Payload& completed_result() const;
    std::unique_ptr<Impl> impl_;
};

}  // namespace temporal::testing
