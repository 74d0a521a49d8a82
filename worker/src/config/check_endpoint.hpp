/// @file config/check_endpoint.hpp
/// @brief Whether an endpoint is one for its model's engine.
#pragma once

#include "registry/model.hpp"

#include <optional>
#include <string>

namespace inference {

/// What is wrong with it; nullopt if all is well. Text engines take http(s)://host[:port][/path], tensor engines host:port
/// (gRPC) or http(s)://host:port. A model with `tls` takes no http:// endpoint.
std::optional<std::string> check_endpoint(const Model& model, const std::string& endpoint);

}  // namespace inference
