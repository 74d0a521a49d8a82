/// @file contracts/attribute_list.hpp
/// @brief The field in which the first step of a job says which search attributes its workflow is to set.
#pragma once

#include "contracts/field_reader.hpp"
#include "contracts/job_attribute.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace inference {

/// Wire: "search_attributes": ["ModelName", ...]; left out where there are none.
inline void write_attributes(nlohmann::json& json, const std::vector<JobAttribute>& attributes) {
    for (const JobAttribute attribute : attributes) {
        json["search_attributes"].push_back(to_string(attribute));
    }
}

inline void read_attributes(FieldReader& fields, std::vector<JobAttribute>& attributes) {
    fields.read_names("search_attributes", attributes, job_attribute_from, job_attribute_names());
}

}  // namespace inference
