/// @file cli/batch_arguments.hpp
/// @brief From the arguments of `batch` to the request, but for its items and files.
#pragma once

#include "contracts/batch_request.hpp"

#include <string>
#include <vector>

namespace inference::cli {

/// The arguments as they were typed. Empty: not given.
struct BatchArguments {
    std::string model;  ///< Of the lines that name none.
    std::vector<std::string> parameters;  ///< As RequestArguments::parameters, of all items.
    std::string priority;  ///< Not given: low, so that no batch stands in the way of people.
    std::string id;
    std::string client_id;
    bool skip_invalid = false;
};

/// Errors: CommandError (2) naming the argument and what it takes.
BatchRequest build_batch_request(const BatchArguments& arguments);

}  // namespace inference::cli
