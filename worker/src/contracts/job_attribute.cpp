#include "contracts/job_attribute.hpp"

#include "contracts/name_table.hpp"

namespace inference {
namespace {

constexpr NameTable<JobAttribute, kJobAttributes.size()> kNames{{
    {JobAttribute::kModelName, "ModelName"},
    {JobAttribute::kJobPriority, "JobPriority"},
    {JobAttribute::kErrorClass, "ErrorClass"},
    {JobAttribute::kItemsDone, "ItemsDone"},
    {JobAttribute::kItemsTotal, "ItemsTotal"},
}};

}  // namespace

std::string_view to_string(JobAttribute attribute) noexcept {
    return name_in(kNames, attribute);
}

std::optional<JobAttribute> job_attribute_from(std::string_view name) noexcept {
    return value_in(kNames, name);
}

std::string job_attribute_names() {
    return names_in(kNames);
}

}  // namespace inference
