#include "workflows/job_attributes.hpp"

#include "contracts/priority.hpp"

#include <algorithm>
#include <string>

namespace inference {
namespace {

constexpr std::chrono::seconds kLeastPause{30};
constexpr std::int64_t kParts = 10;

constexpr temporal::KeywordKey kModelName{"ModelName"};
constexpr temporal::KeywordKey kJobPriority{"JobPriority"};
constexpr temporal::KeywordKey kErrorClass{"ErrorClass"};
constexpr temporal::IntKey kItemsDone{"ItemsDone"};
constexpr temporal::IntKey kItemsTotal{"ItemsTotal"};

template <class Key>
void add_type(temporal::SearchAttributeTypes& types, const Key& key) {
    types.emplace(std::string(key.name()), Key::kType);
}

std::int64_t done_of(const ItemCounts& counts) {
    return counts.succeeded + counts.failed;
}

}  // namespace

temporal::SearchAttributeTypes job_attribute_types() {
    temporal::SearchAttributeTypes types;
    add_type(types, kModelName);
    add_type(types, kJobPriority);
    add_type(types, kErrorClass);
    add_type(types, kItemsDone);
    add_type(types, kItemsTotal);
    return types;
}

bool JobAttributes::has(JobAttribute attribute) const {
    return std::ranges::find(attributes_, attribute) != attributes_.end();
}

void JobAttributes::begin(const temporal::WorkflowContext& ctx, const JobStatus& status) {
    temporal::SearchAttributes changes;
    if (has(JobAttribute::kModelName)) {
        changes.set(kModelName, status.model);
    }
    if (has(JobAttribute::kJobPriority)) {
        changes.set(kJobPriority, std::string(to_string(status.priority)));
    }
    if (status.counts && has(JobAttribute::kItemsTotal)) {
        changes.set(kItemsTotal, status.counts->total);
    }
    if (status.counts && has(JobAttribute::kItemsDone)) {
        changes.set(kItemsDone, done_of(*status.counts));
    }
    shown_at_ = ctx.now();
    ctx.upsert_search_attributes(changes);
}

void JobAttributes::resume(const temporal::WorkflowContext& ctx, const ItemCounts& counts) {
    shown_ = done_of(counts);
    shown_at_ = ctx.now();
}

void JobAttributes::count(const temporal::WorkflowContext& ctx, const ItemCounts& counts) {
    const std::int64_t more = done_of(counts) - shown_;
    if (more * kParts >= counts.total || ctx.now() - shown_at_ >= kLeastPause) {
        show(ctx, done_of(counts));
    }
}

void JobAttributes::count_last(const temporal::WorkflowContext& ctx, const ItemCounts& counts) {
    show(ctx, done_of(counts));
}

void JobAttributes::show(const temporal::WorkflowContext& ctx, std::int64_t done) {
    if (done == shown_ || !has(JobAttribute::kItemsDone)) {
        return;
    }
    shown_ = done;
    shown_at_ = ctx.now();
    ctx.upsert_search_attributes(temporal::SearchAttributes().set(kItemsDone, done));
}

void JobAttributes::fail(const temporal::WorkflowContext& ctx, ErrorClass error_class) {
    if (has(JobAttribute::kErrorClass)) {
        ctx.upsert_search_attributes(
            temporal::SearchAttributes().set(kErrorClass, std::string(to_string(error_class)))
        );
    }
}

}  // namespace inference
