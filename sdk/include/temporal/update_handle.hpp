/// @file temporal/update_handle.hpp
/// @brief An update of a workflow that a worker has accepted, seen from a client.
#pragma once

#include "temporal/call_options.hpp"
#include "temporal/converter.hpp"
#include "temporal/payload.hpp"
#include "temporal/retry_policy.hpp"

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace temporal {

namespace bridge {
class WorkflowService;
}

/// Options of one update.
///
/// Errors: as CallOptions. Without a timeout it waits for ever: for a worker to accept the update, and for the result.
struct UpdateOptions {
    std::optional<Duration> timeout = std::nullopt;
    std::stop_token stop = {};
    /// What the server knows the update by, so that one that is sent twice is carried out once. Empty: a new one each time.
    std::string_view id = {};
};

/// Waits for the result of an update. A value; copies are equal.
///
/// Errors:  UpdateFailed if its handler failed; WorkflowNotFound, RpcError as those of WorkflowHandle.
/// Threads: use from any thread.
class UpdateHandle {
public:
    UpdateHandle(
        std::shared_ptr<const bridge::WorkflowService> service,
        std::string workflow_id,
        std::string run_id,
        std::string id,
        std::optional<Payload> result
    )
        : service_(std::move(service)),
          workflow_id_(std::move(workflow_id)),
          run_id_(std::move(run_id)),
          id_(std::move(id)),
          result_(std::move(result)) {}

    [[nodiscard]] const std::string& id() const noexcept { return id_; }
    [[nodiscard]] const std::string& workflow_id() const noexcept { return workflow_id_; }
    /// The run that took it.
    [[nodiscard]] const std::string& run_id() const noexcept { return run_id_; }

    template <class R>
    R result(const CallOptions& options = {}) const {
        return detail::decode_result<R>(await_result(options));
    }

protected:
    [[nodiscard]] Payload await_result(const CallOptions& options) const;

private:
    std::shared_ptr<const bridge::WorkflowService> service_;
    std::string workflow_id_;
    std::string run_id_;
    std::string id_;
    std::optional<Payload> result_;
};

/// One that knows its result's type.
template <class R>
class TypedUpdateHandle : public UpdateHandle {
public:
    explicit TypedUpdateHandle(UpdateHandle handle) : UpdateHandle(std::move(handle)) {}

    /// As UpdateHandle::result<R>.
    R result(const CallOptions& options = {}) const {
        return detail::decode_result<R>(await_result(options));
    }
};

}  // namespace temporal
