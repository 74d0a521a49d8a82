/// @file cli/submit_request.hpp
/// @brief From the arguments of `submit` to the request.
#pragma once

#include "contracts/infer_request.hpp"
#include "contracts/priority.hpp"

#include <nlohmann/json.hpp>

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace inference::cli {

/// The arguments as they were typed.
struct RequestArguments {
    std::string model;
    std::string
        input;  ///< JSON, @FILE or "-". A JSON string is a prompt, an object the whole `input`.
    std::vector<std::string>
        parameters;  ///< "KEY=VALUE"; the value as JSON if it is JSON, else as a string.
    std::string priority;  ///< Empty: not given.
    std::string id;  ///< Empty: not given.
    std::string client_id;  ///< Empty: not given.
    bool stream = false;
};

/// The request that the arguments describe. What an input must hold is for the worker to judge, which knows the models.
///
/// Errors: CommandError (2) naming the argument, the place in it and what it takes.
/// @code
///   build_request({.model = "chat", .input = "\"Hello\"", .parameters = {"max_tokens=20"}}, std::cin)
/// @endcode
InferRequest build_request(const RequestArguments& arguments, std::istream& in);

/// The values of --param as one object.
///
/// Errors: CommandError (2).
nlohmann::json read_parameters(const std::vector<std::string>& arguments);
/// The value of --priority; nullopt for an empty one.
///
/// Errors: CommandError (2) naming the priorities.
std::optional<Priority> read_priority(const std::string& name);

}  // namespace inference::cli
