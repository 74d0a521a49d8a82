/// @file contracts/job_attribute.hpp
/// @brief The search attributes by which jobs can be listed, where the operator has registered them.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace inference {

enum class JobAttribute {
    kModelName,  ///< A keyword: the model that the job asked for.
    kJobPriority,  ///< A keyword: high, normal or low.
    kErrorClass,  ///< A keyword, of a job that failed: Transient, OOM, Timeout or Fatal.
    kItemsDone,  ///< A number, of a batch: the items that succeeded or failed, roughly while it runs.
    kItemsTotal,  ///< A number, of a batch.
};

inline constexpr std::array kJobAttributes{
    JobAttribute::kModelName,
    JobAttribute::kJobPriority,
    JobAttribute::kErrorClass,
    JobAttribute::kItemsDone,
    JobAttribute::kItemsTotal,
};

/// Their names on the server and in histories: "ModelName", ...
std::string_view to_string(JobAttribute attribute) noexcept;
std::optional<JobAttribute> job_attribute_from(std::string_view name) noexcept;
/// All names in a list for people.
std::string job_attribute_names();

}  // namespace inference
