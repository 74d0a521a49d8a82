/// @file worker/core_reporter.hpp
/// @brief Reports attempts to core.
#pragma once

#include "activity/activity_reporter.hpp"
#include "bridge/core_worker.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace temporal::worker {

class CoreReporter final : public activity::ActivityReporter {
public:
    using Warn = std::function<void(std::string_view message)>;

    CoreReporter(std::shared_ptr<bridge::CoreWorker> core, Warn warn);

    void complete(const std::string& task_token, activity::ActivityResult result) override;
    void heartbeat(const std::string& task_token, const Payloads& details) override;

private:
    std::shared_ptr<bridge::CoreWorker> core_;
    Warn warn_;
};

}  // namespace temporal::worker
