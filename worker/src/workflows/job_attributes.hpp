/// @file workflows/job_attributes.hpp
/// @brief The search attributes of one job: which ones, and when they are set.
#pragma once

#include "contracts/error.hpp"
#include "contracts/job_attribute.hpp"
#include "contracts/job_status.hpp"
#include "temporal/search_attributes.hpp"
#include "temporal/workflow_context.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

namespace inference {

/// All of them, with the types they are registered with.
temporal::SearchAttributeTypes job_attribute_types();

/// Sets what the job's first step said is there, and no other: the server fails the workflow task over an attribute that it
/// does not know.
///
/// Replay: what is set and when depends on the history alone.
class JobAttributes {
public:
    void use(std::vector<JobAttribute> attributes) { attributes_ = std::move(attributes); }

    /// What is known from the start on.
    void begin(const temporal::WorkflowContext& ctx, const JobStatus& status);
    /// A batch's run that goes on with another's: what that one set is there.
    void resume(const temporal::WorkflowContext& ctx, const ItemCounts& counts);
    /// Sets the items that are done, but only after another tenth of them, or half a minute: each time is an event of the history
    /// and a write to the server's index.
    void count(const temporal::WorkflowContext& ctx, const ItemCounts& counts);
    /// The same at once.
    void count_last(const temporal::WorkflowContext& ctx, const ItemCounts& counts);
    void fail(const temporal::WorkflowContext& ctx, ErrorClass error_class);

private:
    [[nodiscard]] bool has(JobAttribute attribute) const;
    void show(const temporal::WorkflowContext& ctx, std::int64_t done);

    std::vector<JobAttribute> attributes_;
    std::int64_t shown_ = 0;
    std::chrono::system_clock::time_point shown_at_;
};

}  // namespace inference
