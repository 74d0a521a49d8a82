/// @file canned_answers.hpp
/// @brief The errors of real engines, word for word, by a name that a fault script can use.
#pragma once

#include <grpcpp/support/status.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace engine_sim {

/// An answer over HTTP (`status` and `body`) or over gRPC (`code` and `body` as the message).
struct CannedAnswer {
    std::string name;
    int status = 0;  ///< 0: over gRPC.
    grpc::StatusCode code = grpc::StatusCode::OK;
    std::string content_type;
    std::string body;
};

std::optional<CannedAnswer> find_canned_answer(std::string_view name);

/// All of them, by name.
std::span<const CannedAnswer> canned_answers();

}  // namespace engine_sim
