/// @file kserve_facts.hpp
/// @brief What is known of an inference when it arrives, and what refuses it.
#pragma once

#include "call.hpp"
#include "fault_script.hpp"
#include "kserve_v2.pb.h"

#include <grpcpp/support/status.h>

#include <string>
#include <string_view>

namespace engine_sim {

/// `with_text`: the bytes of its tensors, for the fault script.
CallFacts facts_of(std::string_view path, const kserve::ModelInferRequest& request, bool with_text);

/// Triton's refusals when its queue is full, and when it goes down.
GrpcReply queue_full(const std::string& request_id);
grpc::Status stopping();

}  // namespace engine_sim
