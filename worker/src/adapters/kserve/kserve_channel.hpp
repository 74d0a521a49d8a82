/// @file adapters/kserve/kserve_channel.hpp
/// @brief The gRPC channel to a KServe v2 endpoint.
#pragma once

#include "adapters/endpoint_options.hpp"
#include "contracts/result.hpp"

#include <grpcpp/channel.h>

#include <memory>

namespace inference {

/// Connects with the first call, not here.
///
/// Errors: Fatal VALIDATION for an address that is not host:port (or grpc:// or grpcs://), UNSUPPORTED for http(s)://,
///         AUTH for a TLS file that cannot be read.
Result<std::shared_ptr<grpc::Channel>> open_kserve_channel(const EndpointOptions& options);

}  // namespace inference
