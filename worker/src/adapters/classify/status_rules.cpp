#include "adapters/classify/status_rules.hpp"

#include <array>
#include <cstddef>

namespace inference {
namespace {

using enum ErrorClass;
using enum ErrorCode;

constexpr Meaning kRefusedRequest{
    kFatal,
    kValidation,
    "the engine refuses the request",
    "compare it with the engine's API; the engine's log has the cause"
};
constexpr Meaning kNoEntry{
    kFatal, kAuth, "the engine refuses the key", "set api_key_env to a variable with a valid key"
};
constexpr Meaning kNoPath{
    kFatal,
    kUnsupported,
    "the engine has no such path",
    "check the endpoint's path, and that the engine has an API for this task"
};
constexpr Meaning kNotSupported{
    kFatal,
    kUnsupported,
    "the engine does not support this call",
    "use a model or an engine that has this task"
};
constexpr Meaning kRedirected{
    kFatal,
    kUnsupported,
    "the endpoint redirects, which is not followed",
    "set the endpoint to the final address"
};
constexpr Meaning kTimedOut{
    kTimeout,
    kEngineTimeout,
    "the engine or a gateway gave up waiting",
    "lower the load or raise its time limit"
};
constexpr Meaning kConflict{
    kTransient,
    kEngine5xx,
    "the engine cannot take the call right now",
    "see the engine's log if it stays so"
};
constexpr Meaning kTooLarge{
    kOutOfMemory,
    kEngineOom,
    "the request is too large",
    "send smaller batches or raise the limit of the engine"
};
constexpr Meaning kTooMany{
    kTransient,
    kRateLimited,
    "the engine or a gateway limits the rate",
    "lower the load or raise the limit"
};
constexpr Meaning kFailed{kTransient, kEngine5xx, "the engine failed", "see the engine's log"};
constexpr Meaning kUnavailable{
    kTransient, kEngine5xx, "the engine cannot take calls", "see whether it is running and its log"
};
constexpr Meaning kGaveUp{
    kTransient,
    kConnection,
    "somebody on the way gave up the call",
    "look for a proxy between worker and engine"
};
constexpr Meaning kUnknown{
    kTransient,
    kEngine5xx,
    "the engine gave a status that nobody knows",
    "check that the endpoint is an inference engine"
};
constexpr Meaning kNoModel{
    kFatal,
    kModelNotFound,
    "the engine does not have the model",
    "check engine_model and the models that the engine was started with"
};
constexpr Meaning kDeadlinePassed{
    kTimeout,
    kEngineTimeout,
    "no answer within the time limit",
    "raise the model's timeout or ask for less"
};
constexpr Meaning kExhausted{
    kTransient,
    kRateLimited,
    "the engine is out of some resource",
    "lower the load or see the engine's log"
};

Meaning meaning_of_4xx(int status) noexcept {
    switch (status) {
        case 401:
        case 403: return kNoEntry;
        case 404: return kNoPath;
        case 405:
        case 406:
        case 410:
        case 415: return kNotSupported;
        case 408: return kTimedOut;
        case 409:
        case 421:
        case 425: return kConflict;
        case 413: return kTooLarge;
        case 429: return kTooMany;
        case 499: return kGaveUp;
        default: return kRefusedRequest;
    }
}

Meaning meaning_of_5xx(int status) noexcept {
    switch (status) {
        case 501: return kNotSupported;
        case 502:
        case 503: return kUnavailable;
        case 504: return kTimedOut;
        default: return kFailed;
    }
}

struct GrpcCode {
    std::string_view name;
    Meaning meaning;
};

// By number, as gRPC defines them.
constexpr std::array<GrpcCode, 17> kGrpcCodes{{
    {"OK", kUnknown},
    {"CANCELLED", kGaveUp},
    {"UNKNOWN", kFailed},
    {"INVALID_ARGUMENT", kRefusedRequest},
    {"DEADLINE_EXCEEDED", kDeadlinePassed},
    {"NOT_FOUND", kNoModel},
    {"ALREADY_EXISTS", kRefusedRequest},
    {"PERMISSION_DENIED", kNoEntry},
    {"RESOURCE_EXHAUSTED", kExhausted},
    {"FAILED_PRECONDITION", kRefusedRequest},
    {"ABORTED", kFailed},
    {"OUT_OF_RANGE", kRefusedRequest},
    {"UNIMPLEMENTED", kNotSupported},
    {"INTERNAL", kFailed},
    {"UNAVAILABLE", kUnavailable},
    {"DATA_LOSS", kFailed},
    {"UNAUTHENTICATED", kNoEntry},
}};

bool is_grpc_code(int code) noexcept {
    return code >= 0 && static_cast<std::size_t>(code) < kGrpcCodes.size();
}

}  // namespace

Meaning meaning_of_http_status(int status) noexcept {
    switch (status / 100) {
        case 3: return kRedirected;
        case 4: return meaning_of_4xx(status);
        case 5: return meaning_of_5xx(status);
        default: return kUnknown;
    }
}

Meaning meaning_of_grpc_code(int code) noexcept {
    return is_grpc_code(code) ? kGrpcCodes[static_cast<std::size_t>(code)].meaning : kUnknown;
}

std::string_view grpc_code_name(int code) noexcept {
    return is_grpc_code(code) ? kGrpcCodes[static_cast<std::size_t>(code)].name : "unknown code";
}

Meaning meaning_of_fault(TransportFault fault) noexcept {
    switch (fault) {
        case TransportFault::kNotConnected:
            return {
                kTransient,
                kConnection,
                "nothing listens there, or it cannot be reached",
                "start the engine or correct the endpoint"
            };
        case TransportFault::kNoSuchHost:
            return {
                kTransient,
                kConnection,
                "the host's name cannot be resolved",
                "correct the endpoint or wait for DNS"
            };
        case TransportFault::kBadUrl:
            return {
                kFatal,
                kValidation,
                "the endpoint is not a URL",
                "write it as http://host:port/path"
            };
        case TransportFault::kTlsHandshake:
            return {
                kTransient,
                kConnection,
                "the TLS handshake broke off",
                "check that the endpoint speaks TLS"
            };
        case TransportFault::kTlsRefused:
            return {
                kFatal,
                kAuth,
                "the engine's certificate is not trusted, or a certificate file is wrong",
                "check ca_file, cert_file, key_file and server_name"
            };
        case TransportFault::kBroken:
            return {
                kTransient,
                kConnection,
                "the connection broke under the call",
                "see whether the engine was restarted or crashed"
            };
        case TransportFault::kDeadline: return kDeadlinePassed;
        case TransportFault::kStalled:
            return {
                kTimeout,
                kEngineTimeout,
                "the answer began and then stopped coming",
                "see the engine's log, or raise the endpoint's idle timeout"
            };
        case TransportFault::kRefused:
            return {
                kTransient,
                kEngine5xx,
                "the answer's stream breaks its protocol",
                "check that the endpoint is the engine itself, and see its log"
            };
        case TransportFault::kTooLarge:
            return {
                kOutOfMemory,
                kEngineOom,
                "the answer is larger than the worker takes",
                "ask for less in one call"
            };
        case TransportFault::kUnintelligible:
            return {
                kTransient,
                kConnection,
                "what answered does not speak HTTP",
                "check the endpoint's port and scheme"
            };
        case TransportFault::kNoResources:
            return {
                kTransient,
                kConnection,
                "the worker has no memory or file descriptors left",
                "raise the worker's limits or lower its concurrency"
            };
    }
    return kUnknown;
}

Meaning meaning_of_defect(Defect defect) noexcept {
    constexpr std::string_view kSeeProxy =
        "check that the endpoint is the engine itself, and see its log";
    constexpr std::string_view kContract =
        "check that engine and its version are the configured ones";
    switch (defect) {
        case Defect::kContentType:
            return {
                kTransient, kEngine5xx, "a 200 that is not JSON by its content type", kSeeProxy
            };
        case Defect::kMalformed:
            return {kTransient, kEngine5xx, "a 200 whose body is not JSON", kSeeProxy};
        case Defect::kNull:
            return {
                kTransient,
                kEngine5xx,
                "a 200 with `null`, as from a server that goes down",
                "see the engine's log"
            };
        case Defect::kIncomplete:
            return {kTransient, kEngine5xx, "an answer without {1}", kSeeProxy};
        case Defect::kGarbled:
            return {
                kTransient, kEngine5xx, "a stream with an event that cannot be read", kSeeProxy
            };
        case Defect::kUnfinished:
            return {
                kTransient,
                kEngine5xx,
                "an answer that ends before it is finished",
                "see the engine's log"
            };
        case Defect::kAborted:
            return {
                kTransient,
                kEngine5xx,
                "the engine aborted the work, as when it is stopped",
                "see the engine's log"
            };
        case Defect::kFailed:
            return {
                kTransient,
                kEngine5xx,
                "the engine gave up the work with an error",
                "see the engine's log"
            };
        case Defect::kNothingGenerated:
            return {
                kFatal,
                kContextLength,
                "the engine had no room for a single token",
                "shorten the prompt or raise the model's context"
            };
        case Defect::kWrongCount: return {kFatal, kEngine5xx, "the answer has {1}", kContract};
        case Defect::kWrongSize: return {kFatal, kEngine5xx, "{1}", kContract};
    }
    return kUnknown;
}

}  // namespace inference
