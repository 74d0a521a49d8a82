/// @file adapters/kserve/kserve_adapter.hpp
/// @brief Calls Triton and other servers of the KServe v2 protocol over gRPC.
#pragma once

#include "adapters/adapter.hpp"
#include "adapters/endpoint_options.hpp"
#include "adapters/engine_kind.hpp"
#include "contracts/result.hpp"

#include <memory>

namespace inference {

/// Fetches the model's metadata with the first call and checks every request against it before it is sent. A request that
/// does not fit what is cached is checked against fresh metadata before it is refused, for models change while we run.
///
/// Threads: gRPC's own, a bounded number; none of a call's own.
/// Errors:  Fatal for an address, key or TLS file that cannot be used.
/// Destroy: cancels what is under way and returns when all of it has completed.
Result<std::unique_ptr<Adapter>> make_kserve_adapter(EngineKind engine, EndpointOptions options);

}  // namespace inference
