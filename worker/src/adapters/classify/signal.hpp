/// @file adapters/classify/signal.hpp
/// @brief The ways in which an engine, or the road to it, says that a call failed.
#pragma once

#include "adapters/http/transport_fault.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <variant>

namespace inference {

/// An HTTP answer that is not a 200.
struct HttpStatusSignal {
    int status = 0;
    std::string body = {};
    std::optional<std::chrono::milliseconds> retry_after = std::nullopt;
};

/// No answer.
struct TransportSignal {
    TransportFault fault = TransportFault::kBroken;
    bool sent = false;
    bool partial = false;
};

/// A gRPC status that is not OK. Range: `code` as of grpc::StatusCode.
struct GrpcSignal {
    int code = 0;
    std::string message = {};
};

/// An error inside an answer that began as a success: an error object in a 200, a message in a stream.
struct InBandSignal {
    std::string body = {};  ///< JSON or plain text.
};

/// What can be wrong with an answer that claims success.
enum class Defect {
    kContentType,  ///< Not JSON by its header: a proxy's page.
    kMalformed,  ///< Not JSON, whatever its header says.
    kNull,  ///< `null`: a server that is going down.
    kIncomplete,  ///< A part that every answer has is missing.
    kGarbled,  ///< An event of a stream that cannot be read.
    kUnfinished,  ///< A choice without finish_reason, or a stream without its end.
    kAborted,  ///< finish_reason "abort": the server stopped the work.
    kFailed,  ///< finish_reason "error".
    kNothingGenerated,  ///< finish_reason "length" with no token at all.
    kWrongCount,  ///< More or fewer results than were asked for.
    kWrongSize,  ///< A tensor whose data does not match its shape.
};

struct DefectSignal {
    Defect defect = Defect::kMalformed;
    std::string detail = {};  ///< Our own words: which field, how many.
};

using Signal =
    std::variant<HttpStatusSignal, TransportSignal, GrpcSignal, InBandSignal, DefectSignal>;

}  // namespace inference
