// The rules of classification, one row a case, with the bodies that real engines send.
#include "adapters/classify/classify.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inference {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;
using enum EngineKind;
using enum ErrorClass;
using enum ErrorCode;

struct Row {
    std::string name;
    EngineKind engine;
    Signal signal;
    ErrorClass error_class;
    ErrorCode code;
    bool replica_bad = false;
    bool sent = true;
};

std::ostream& operator<<(std::ostream& out, const Row& row) {
    return out << row.name;
}

HttpStatusSignal http(int status, std::string body = {}) {
    return {.status = status, .body = std::move(body)};
}

GrpcSignal grpc(int code, std::string message) {
    return {.code = code, .message = std::move(message)};
}

// The body that vLLM wraps its errors in.
std::string nested(std::string_view type, std::string_view message) {
    return R"({"error":{"message":")" + std::string(message) + R"(","type":")" + std::string(type) +
           R"(","param":null,"code":400}})";
}

// The body of SGLang and TensorRT-LLM.
std::string flat(std::string_view type, std::string_view message) {
    return R"({"object":"error","message":")" + std::string(message) + R"(","type":")" +
           std::string(type) + R"(","param":null,"code":400})";
}

// The same in a stream, where both wrap it and no status says more.
InBandSignal in_stream(std::string_view type, std::string_view message, int code) {
    return {
        R"({"error":{"object":"error","message":")" + std::string(message) + R"(","type":")" +
        std::string(type) + R"(","param":null,"code":)" + std::to_string(code) + "}}"
    };
}

constexpr int kUnknown = 2;
constexpr int kInvalidArgument = 3;
constexpr int kDeadlineExceeded = 4;
constexpr int kNotFound = 5;
constexpr int kResourceExhausted = 8;
constexpr int kInternal = 13;
constexpr int kUnavailable = 14;

const std::vector<Row> kVllmRows = {
    {"ModelNotServed",
     kVllm,
     http(404, nested("NotFoundError", "The model `nope` does not exist. Valid aliases: tiny")),
     kFatal,
     kModelNotFound},
    {"LoraUnloadable",
     kVllm,
     http(400, nested("BadRequestError", "LoRA adapter 'x' was found but could not be loaded.")),
     kFatal,
     kModelNotFound},
    {"UnknownPath", kVllm, http(404, nested("Not Found", "Not Found")), kFatal, kUnsupported},
    {"UnknownPathAsFastApiSaysIt",
     kVllm,
     http(404, R"({"detail":"Not Found"})"),
     kFatal,
     kUnsupported},
    {"InvalidJson",
     kVllm,
     http(
         400,
         nested(
             "Bad Request", "1 validation error:\\n  {'type': 'json_invalid', 'loc': ('body', 12)}"
         )
     ),
     kFatal,
     kValidation},
    {"ValidationErrorThatQuotesAPromptAboutMemory",
     kVllm,
     http(400, nested("Bad Request", "2 validation errors:\\n {'input': 'CUDA out of memory'}")),
     kFatal,
     kValidation},
    {"ContextTooLong",
     kVllm,
     http(
         400,
         nested(
             "BadRequestError",
             "This model's maximum context length is 512 tokens. However, your prompt contains at "
             "least 513 input "
             "tokens, which exceeds this limit."
         )
     ),
     kFatal,
     kContextLength},
    {"ContextTooLongInCharacters",
     kVllm,
     http(
         400,
         nested(
             "BadRequestError",
             "This model's maximum context length is 512 tokens. However, your prompt contains "
             "9000 characters"
         )
     ),
     kFatal,
     kContextLength},
    {"InputLengthTooLong",
     kVllm,
     http(
         400,
         nested(
             "BadRequestError", "Input length (600) exceeds model's maximum context length (512)."
         )
     ),
     kFatal,
     kContextLength},
    {"DecoderPromptTooLong",
     kVllm,
     http(
         400,
         nested(
             "BadRequestError",
             "The decoder prompt (length 600) is longer than the maximum model length of 512. Make "
             "sure"
         )
     ),
     kFatal,
     kContextLength},
    {"BadSamplingParameter",
     kVllm,
     http(400, nested("BadRequestError", "temperature must be non-negative, got -1.0.")),
     kFatal,
     kValidation},
    {"RemoteMediaFailed",
     kVllm,
     http(422, nested("UnprocessableEntityError", "could not fetch")),
     kFatal,
     kValidation},
    {"ApiNotSupportedByModel",
     kVllm,
     http(501, nested("NotImplementedError", "The model does not support Embeddings API")),
     kFatal,
     kUnsupported},
    {"WrongKey", kVllm, http(401, R"({"error":"Unauthorized"})"), kFatal, kAuth},
    {"QueueFull",
     kVllm,
     http(
         503,
         nested(
             "Service Unavailable",
             "The engine is currently busy and cannot accept new requests. Please try again later "
             "or on a different "
             "instance."
         )
     ),
     kTransient,
     kRateLimited},
    {"PrefillBacklog",
     kVllm,
     http(
         503,
         nested(
             "Service Unavailable", "The engine has reached its prefill token backlog limit. Please"
         )
     ),
     kTransient,
     kRateLimited},
    {"Scaling",
     kVllm,
     http(503, R"({"error":"The model is currently scaling. Please try again later."})"),
     kTransient,
     kEngineNotReady},
    {"RequestLevelRetryable",
     kVllm,
     http(503, nested("ServiceUnavailableError", "Request failed; please retry")),
     kTransient,
     kEngine5xx},
    {"EngineDead",
     kVllm,
     http(
         500,
         nested(
             "InternalServerError",
             "EngineCore encountered an issue. See stack trace (above) for the root cause."
         )
     ),
     kTransient,
     kEngine5xx},
    {"OtherEngineErrorWithEmptyMessage",
     kVllm,
     http(500, nested("InternalServerError", "")),
     kTransient,
     kEngine5xx},
    {"FinishReasonErrorAsStatus",
     kVllm,
     http(500, nested("InternalServerError", "Internal server error")),
     kTransient,
     kEngine5xx},
    {"ErrorObjectInStream",
     kVllm,
     InBandSignal{
         R"({"error":{"message":"Internal server error","type":"InternalServerError","code":500}})"
     },
     kTransient,
     kEngine5xx},
    {"QueueFullInStream",
     kVllm,
     InBandSignal{
         R"({"error":{"message":"The engine is currently busy and cannot accept new requests.","code":503}})"
     },
     kTransient,
     kRateLimited},
    {"BadRequestInStream",
     kVllm,
     InBandSignal{R"({"error":{"message":"no","type":"BadRequestError","code":400}})"},
     kFatal,
     kValidation},
    {"ErrorStringInsideA200",
     kVllm,
     InBandSignal{R"({"error":"something"})"},
     kTransient,
     kEngine5xx},
    {"EngineDeadInStream",
     kVllm,
     in_stream(
         "InternalServerError",
         "EngineCore encountered an issue. See stack trace (above) for the root cause.",
         500
     ),
     kTransient,
     kEngine5xx},
    {"PrefillBacklogInStream",
     kVllm,
     in_stream(
         "Service Unavailable", "The engine has reached its prefill token backlog limit.", 503
     ),
     kTransient,
     kRateLimited},
    {"ContextTooLongInStream",
     kVllm,
     in_stream("BadRequestError", "This model's maximum context length is 512 tokens.", 400),
     kFatal,
     kContextLength},
    {"ModelNotServedInStream",
     kVllm,
     in_stream("NotFoundError", "gone", 404),
     kFatal,
     kModelNotFound},
    {"OutOfMemoryInStreamWhateverItsCode",
     kVllm,
     in_stream("BadRequestError", "CUDA out of memory", 400),
     kOutOfMemory,
     kEngineOom},
    {"GatewayRateLimitInStream", kVllm, in_stream("x", "x", 429), kTransient, kRateLimited},
    {"GatewayTimeoutInStream", kVllm, in_stream("x", "x", 504), kTimeout, kEngineTimeout},
    {"ErrorInStreamWithoutAStatus", kVllm, in_stream("x", "x", 7), kTransient, kEngine5xx},
    {"LoraUnknown",
     kVllm,
     http(404, nested("NotFoundError", "The lora adapter 'x' cannot be found.")),
     kFatal,
     kModelNotFound},
    {"TemplateError",
     kVllm,
     http(400, nested("BadRequestError", "Conversation roles must alternate user/assistant")),
     kFatal,
     kValidation},
    {"WrongContentType",
     kVllm,
     http(400, nested("Bad Request", "Unsupported Media Type: Only 'application/json' is allowed")),
     kFatal,
     kValidation},
    {"InsufficientStorageForMemory",
     kVllm,
     http(507, "CUDA out of memory"),
     kOutOfMemory,
     kEngineOom},
    {"GatewayBodyLimit", kVllm, http(413, "<html>"), kOutOfMemory, kEngineOom},
    {"GatewayRateLimit", kVllm, http(429, "slow down"), kTransient, kRateLimited},
    {"GatewayBadGatewayPage",
     kVllm,
     http(502, "<html><body><h1>502 Bad Gateway</h1></body></html>"),
     kTransient,
     kEngine5xx},
    {"GatewayUnavailable", kVllm, http(503, "no healthy upstream"), kTransient, kEngine5xx},
    {"GatewayTimeout", kVllm, http(504, "upstream request timeout"), kTimeout, kEngineTimeout},
    {"GpuContextLost",
     kVllm,
     http(
         500, nested("InternalServerError", "CUDA error: an illegal memory access was encountered")
     ),
     kTransient,
     kEngine5xx,
     true},
    {"NcclBroke",
     kVllm,
     http(500, nested("InternalServerError", "NCCL error: unhandled system error")),
     kTransient,
     kEngine5xx,
     true},
};

const std::vector<Row> kOtherOpenAiRows = {
    {"SglangQueueFull",
     kSglang,
     http(503, flat("ServiceUnavailable", "The request queue is full.")),
     kTransient,
     kRateLimited},
    {"SglangPreempted",
     kSglang,
     http(503, flat("ServiceUnavailable", "The request is aborted by a higher priority request.")),
     kTransient,
     kRateLimited},
    {"SglangWaitingTimeout",
     kSglang,
     http(503, flat("ServiceUnavailable", "Request waiting timeout reached.")),
     kTimeout,
     kEngineTimeout},
    {"SglangRunningTimeout",
     kSglang,
     http(503, flat("ServiceUnavailable", "Request running timeout reached.")),
     kTimeout,
     kEngineTimeout},
    {"SglangGenericError",
     kSglang,
     http(500, flat("InternalServerError", "Internal server error: list index")),
     kTransient,
     kEngine5xx},
    {"SglangOutOfMemory",
     kSglang,
     http(500, flat("InternalServerError", "Internal server error: CUDA out of memory.")),
     kOutOfMemory,
     kEngineOom},
    {"SglangContextTooLong",
     kSglang,
     http(
         400,
         flat(
             "BadRequest",
             "The input (600 tokens) is longer than the model's context length (512 tokens)."
         )
     ),
     kFatal,
     kContextLength},
    {"SglangTokensTooMany",
     kSglang,
     http(
         400,
         flat(
             "BadRequestError",
             "Requested token count exceeds the model's maximum context length of 512 tokens. You "
             "requested a total of 600 tokens"
         )
     ),
     kFatal,
     kContextLength},
    {"SglangBadRequest",
     kSglang,
     http(400, flat("BadRequestError", "temperature must be non-negative")),
     kFatal,
     kValidation},
    {"SglangQueueFullInStream",
     kSglang,
     in_stream("ServiceUnavailable", "The request queue is full.", 503),
     kTransient,
     kRateLimited},
    {"SglangPreemptedInStream",
     kSglang,
     in_stream("ServiceUnavailable", "The request is aborted by a higher priority request.", 503),
     kTransient,
     kRateLimited},
    {"SglangRunningTimeoutInStream",
     kSglang,
     in_stream("ServiceUnavailable", "Request running timeout reached.", 503),
     kTimeout,
     kEngineTimeout},
    {"SglangBadRequestInStream",
     kSglang,
     in_stream("BadRequestError", "no", 400),
     kFatal,
     kValidation},
    {"SglangFlatErrorInsideA200",
     kSglang,
     InBandSignal{flat("BadRequestError", "no")},
     kFatal,
     kValidation},
    {"TensorRtPromptTooLong",
     kTensorRtLlm,
     http(
         400,
         flat(
             "BadRequestError",
             "Executor: Prompt length (600) exceeds maximum input length (512). Set log level to "
             "info"
         )
     ),
     kFatal,
     kContextLength},
    {"TensorRtTokensTooMany",
     kTensorRtLlm,
     http(
         400,
         flat(
             "BadRequestError",
             "The sum of prompt length (500) and query length (0) max_tokens (100) should not "
             "exceed max_seq_len (512)"
         )
     ),
     kFatal,
     kContextLength},
    {"TensorRtFlatErrorInsideA200",
     kTensorRtLlm,
     InBandSignal{flat("BadRequestError", "Executor worker returned error")},
     kTransient,
     kEngine5xx},
    {"TensorRtOutOfMemoryAs400",
     kTensorRtLlm,
     http(400, flat("BadRequestError", "[TensorRT-LLM][ERROR] CUDA out of memory")),
     kOutOfMemory,
     kEngineOom},
    {"TensorRtExecutorFaultAs400",
     kTensorRtLlm,
     http(400, flat("BadRequestError", "Executor worker returned error")),
     kTransient,
     kEngine5xx},
    {"TensorRtBadRequest",
     kTensorRtLlm,
     http(400, flat("BadRequestError", "max_tokens must be positive")),
     kFatal,
     kValidation},
    {"TensorRtNullAnswer", kTensorRtLlm, DefectSignal{Defect::kNull}, kTransient, kEngine5xx},
    {"OpenAiUnknownModel",
     kOpenAi,
     http(
         404,
         R"({"error":{"message":"The model 'x' does not exist or you do not have access to it.","code":"model_not_found"}})"
     ),
     kFatal,
     kModelNotFound},
    {"OpenAiContextTooLong",
     kOpenAi,
     http(400, R"({"error":{"message":"too long","code":"context_length_exceeded"}})"),
     kFatal,
     kContextLength},
    {"OpenVinoPlainText", kOpenVino, http(400, "unexpected"), kFatal, kValidation},
    {"OpenVinoNoModelOrLoading",
     kOpenVino,
     http(404, R"({"error":"Mediapipe graph definition with requested name is not found"})"),
     kTransient,
     kEngineNotReady},
    {"OpenVinoNoModelOrLoadingAsText",
     kOpenVino,
     http(404, "Mediapipe graph definition with requested name is not found"),
     kTransient,
     kEngineNotReady},
    {"OpenVinoLoading",
     kOpenVino,
     http(503, R"({"error":"Mediapipe is not loaded yet"})"),
     kTransient,
     kEngineNotReady},
    {"OpenVinoRetired",
     kOpenVino,
     http(404, R"({"error":"Mediapipe is retired"})"),
     kTransient,
     kEngineNotReady},
    {"OpenVinoUnknownModel",
     kOpenVino,
     http(404, R"({"error":"Model with requested name is not found"})"),
     kFatal,
     kModelNotFound},
    {"OpenVinoUnknownPath", kOpenVino, http(404, R"({"error":"Not Found"})"), kFatal, kUnsupported},
    {"OpenVinoExecutionOutOfMemory",
     kOpenVino,
     http(400, R"({"error":"Mediapipe execution failed. MP status - INTERNAL: std::bad_alloc"})"),
     kOutOfMemory,
     kEngineOom},
};

const std::vector<Row> kTritonRows = {
    {"UnknownModel",
     kTriton,
     grpc(kNotFound, "Request for unknown model: 'nope' is not found"),
     kFatal,
     kModelNotFound},
    {"UnknownVersion",
     kTriton,
     grpc(kNotFound, "Request for unknown model: 'echo' version 7 is not found"),
     kFatal,
     kModelNotFound},
    {"Loading",
     kTriton,
     grpc(kNotFound, "Request for unknown model: 'x' has no available versions"),
     kTransient,
     kEngineNotReady},
    {"VersionNotReady",
     kTriton,
     grpc(kUnavailable, "Request for unknown model: 'x' version 1 is not at ready state"),
     kTransient,
     kEngineNotReady},
    {"ReadyProbeOverHttp",
     kTriton,
     http(400, R"({"error":"Model version not ready"})"),
     kTransient,
     kEngineNotReady},
    {"WrongShape",
     kTriton,
     grpc(
         kInvalidArgument,
         "[request id: r] unexpected shape for input 'IN' for model 'echo'. Expected [-1,2], got "
         "[1,3]. "
     ),
     kFatal,
     kValidation},
    {"WrongType",
     kTriton,
     grpc(
         kInvalidArgument,
         "[request id: r] inference input 'IN' data-type is 'FP32', but model 'echo' expects "
         "'INT32'"
     ),
     kFatal,
     kValidation},
    {"UnexpectedInput",
     kTriton,
     grpc(kInvalidArgument, "unexpected inference input 'XX' for model 'echo'"),
     kFatal,
     kValidation},
    {"BatchAboveMaximum",
     kTriton,
     grpc(kInvalidArgument, "[request id: r] inference request batch-size must be <= 4 for 'echo'"),
     kOutOfMemory,
     kEngineOom},
    {"BodyAboveLimit",
     kTriton,
     http(
         400,
         R"({"error":"input size 99 exceeds the maximum allowed input size of 9 bytes. Use --http-max-input-size"})"
     ),
     kOutOfMemory,
     kEngineOom},
    {"BadJsonAs500",
     kTriton,
     http(500, R"({"error":"failed to parse the request JSON buffer: Invalid value. at 11"})"),
     kFatal,
     kValidation},
    {"QueueFull",
     kTriton,
     grpc(kUnavailable, "[request id: <id_unknown>] Exceeds maximum queue size"),
     kTransient,
     kRateLimited},
    {"QueueTimeout",
     kTriton,
     grpc(kUnavailable, "[request id: r] Request timeout expired"),
     kTimeout,
     kEngineTimeout},
    {"SequenceExpired",
     kTriton,
     grpc(kUnavailable, "timeout of the corresponding sequence has been expired"),
     kTimeout,
     kEngineTimeout},
    {"Deadline", kTriton, grpc(kDeadlineExceeded, "Deadline Exceeded"), kTimeout, kEngineTimeout},
    {"CancelThatIsNotOurs", kTriton, grpc(1, "CANCELLED"), kTransient, kConnection},
    {"OutOfMemoryInPythonBackend",
     kTriton,
     grpc(
         kInternal,
         "Failed to process the request(s) for model 'oom_0_0', message: RuntimeError: CUDA out of "
         "memory. Tried to allocate "
         "2.00 GiB\n\nAt:\n  model.py(12): execute\n"
     ),
     kOutOfMemory,
     kEngineOom},
    {"MemoryErrorInPythonBackend",
     kTriton,
     grpc(
         kInternal,
         "Failed to process the request(s) for model 'm', message: MemoryError: Unable to allocate "
         "16.0 GiB"
     ),
     kOutOfMemory,
     kEngineOom},
    {"ErrorThatTheModelChose",
     kTriton,
     grpc(kUnavailable, "queue is busy"),
     kTransient,
     kRateLimited},
    {"StubKilled",
     kTriton,
     grpc(kInternal, "Stub process 'crash_0_0' is not healthy."),
     kTransient,
     kEngine5xx,
     true},
    {"OnnxRuntimeOutOfMemory",
     kTriton,
     grpc(
         kInternal,
         "onnx runtime error 6: Non-zero status code returned while running Conv node. "
         "BFCArena::AllocateRawInternal "
         "Failed to allocate memory for requested buffer of size 99"
     ),
     kOutOfMemory,
     kEngineOom},
    {"PytorchOutOfMemory",
     kTriton,
     grpc(kInternal, "PyTorch execute failure: CUDA out of memory. Tried"),
     kOutOfMemory,
     kEngineOom},
    {"CudaPool",
     kTriton,
     grpc(kInternal, "Failed to allocate CUDA memory with byte size 99 on GPU 0"),
     kOutOfMemory,
     kEngineOom},
    {"PinnedPool",
     kTriton,
     grpc(kInternal, "failed to allocate pinned system memory"),
     kOutOfMemory,
     kEngineOom},
    {"CnmemPool", kTriton, grpc(kInternal, "CNMEM_STATUS_OUT_OF_MEMORY"), kOutOfMemory, kEngineOom},
    {"CpuPoolAsUnavailable",
     kTriton,
     grpc(kUnavailable, "CPU memory allocation failed"),
     kOutOfMemory,
     kEngineOom},
    {"RestrictedProtocol",
     kTriton,
     grpc(
         kUnavailable, "This protocol is restricted, expecting header 'triton-grpc-protocol-infer'"
     ),
     kFatal,
     kAuth},
    {"RestrictedProtocolOverHttp",
     kTriton,
     http(403, R"({"error":"This API is restricted, expecting header 'x'"})"),
     kFatal,
     kAuth},
    {"LoadFailedForMemory",
     kTriton,
     grpc(
         kInvalidArgument,
         "load failed for model 'toobig': version 1 is at UNAVAILABLE state: Internal: "
         "RuntimeError: CUDA out of memory while "
         "loading weights"
     ),
     kTransient,
     kEngineNotReady},
    {"PortClosed",
     kTriton,
     grpc(
         kUnavailable,
         "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:1: Failed to "
         "connect to remote host: "
         "Connection refused"
     ),
     kTransient,
     kConnection,
     false,
     false},
    {"NoSuchHost",
     kTriton,
     grpc(kUnavailable, "errors resolving HOST:1: [C-ares status is not ARES_SUCCESS]"),
     kTransient,
     kConnection,
     false,
     false},
    {"WrongCertificate",
     kTriton,
     grpc(
         kUnavailable,
         "failed to connect to all addresses; last error: UNKNOWN: Ssl handshake failed: "
         "SSL_ERROR_SSL: "
         "error:1000007d:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED: certificate "
         "verify failed"
     ),
     kFatal,
     kAuth,
     false,
     false},
    {"Killed", kTriton, grpc(kUnavailable, "Socket closed"), kTransient, kConnection},
    {"Stopping",
     kTriton,
     grpc(
         kUnavailable,
         "Server is stopping, scheduler for model has stopped accepting new inference requests"
     ),
     kTransient,
     kEngineNotReady},
    {"DecoupledModel",
     kTriton,
     grpc(12, "ModelInfer RPC doesn't support models with decoupled transaction policy"),
     kFatal,
     kUnsupported},
    {"UnevenBatch",
     kTriton,
     grpc(
         kInvalidArgument,
         "[request id: r] input 'numbers' batch size does not match other inputs for 'echo'"
     ),
     kFatal,
     kValidation},
    {"SequenceThatIsNotThere",
     kTriton,
     InBandSignal{"inference request for sequence 7 to model 'total' must specify the START flag "
                  "on the first request of the sequence"},
     kFatal,
     kValidation},
    {"DecoupledModelOverHttp",
     kTriton,
     http(
         501,
         R"({"error":"HTTP end point doesn't support models with decoupled transaction policy"})"
     ),
     kFatal,
     kUnsupported},
    {"StreamErrorWithoutCode",
     kTriton,
     InBandSignal{"Stub process 'crash_0_0' is not healthy."},
     kTransient,
     kEngine5xx,
     true},
    {"CancelledOverHttp",
     kTriton,
     http(400, R"({"error":"[request id: r] Request was cancelled"})"),
     kTransient,
     kConnection},
    {"BackendThatRefusesConnections",
     kTriton,
     grpc(kUnavailable, "connections to all backends failing"),
     kTransient,
     kConnection,
     false,
     false},
    {"DnsFailed",
     kTriton,
     grpc(kUnavailable, "DNS resolution failed for HOST:1: C-ares status is not ARES_SUCCESS"),
     kTransient,
     kConnection,
     false,
     false},
    {"NoAddress",
     kTriton,
     grpc(kUnavailable, "empty address list: "),
     kTransient,
     kConnection,
     false,
     false},
    {"NameIsNotInCertificate",
     kTriton,
     grpc(kUnavailable, "Hostname Verification Check failed: x is not in peer certificate"),
     kFatal,
     kAuth,
     false,
     false},
    {"OurCertificateIsMissing",
     kTriton,
     grpc(kUnavailable, "tlsv13 alert certificate required"),
     kFatal,
     kAuth,
     false,
     false},
    {"ConnectionReset",
     kTriton,
     grpc(kUnavailable, "recvmsg: Connection reset by peer"),
     kTransient,
     kConnection},
    {"BrokenPipe", kTriton, grpc(kUnavailable, "sendmsg: Broken pipe"), kTransient, kConnection},
    {"MessageLimitOfGrpc",
     kTriton,
     grpc(kInvalidArgument, "the size exceeds gRPC's byte size limit of 2147483647"),
     kOutOfMemory,
     kEngineOom},
    {"GenerateErrorInsideA200",
     kTriton,
     InBandSignal{R"({"error":"CUDA out of memory"})"},
     kOutOfMemory,
     kEngineOom},
    {"MlServerNotReadyAs400",
     kKserve,
     grpc(kInvalidArgument, "Model x is not ready yet."),
     kTransient,
     kEngineNotReady},
};

Row status_row(EngineKind engine, int status, ErrorClass error_class, ErrorCode code) {
    return {"Status" + std::to_string(status), engine, http(status), error_class, code};
}

Row grpc_row(int number, ErrorClass error_class, ErrorCode code) {
    return {
        "GrpcCode" + std::to_string(number),
        kTriton,
        grpc(number, "something that nobody knows"),
        error_class,
        code
    };
}

const std::vector<Row> kStatusRows = {
    status_row(kVllm, 301, kFatal, kUnsupported),
    status_row(kVllm, 308, kFatal, kUnsupported),
    status_row(kVllm, 400, kFatal, kValidation),
    status_row(kVllm, 401, kFatal, kAuth),
    status_row(kVllm, 403, kFatal, kAuth),
    status_row(kVllm, 404, kFatal, kUnsupported),
    status_row(kVllm, 405, kFatal, kUnsupported),
    status_row(kVllm, 406, kFatal, kUnsupported),
    status_row(kVllm, 408, kTimeout, kEngineTimeout),
    status_row(kVllm, 409, kTransient, kEngine5xx),
    status_row(kVllm, 410, kFatal, kUnsupported),
    status_row(kVllm, 413, kOutOfMemory, kEngineOom),
    status_row(kVllm, 415, kFatal, kUnsupported),
    status_row(kVllm, 421, kTransient, kEngine5xx),
    status_row(kVllm, 422, kFatal, kValidation),
    status_row(kVllm, 425, kTransient, kEngine5xx),
    status_row(kVllm, 429, kTransient, kRateLimited),
    status_row(kVllm, 499, kTransient, kConnection),
    status_row(kVllm, 500, kTransient, kEngine5xx),
    status_row(kVllm, 501, kFatal, kUnsupported),
    status_row(kVllm, 502, kTransient, kEngine5xx),
    status_row(kVllm, 503, kTransient, kEngine5xx),
    status_row(kVllm, 504, kTimeout, kEngineTimeout),
    status_row(kVllm, 505, kTransient, kEngine5xx),
    status_row(kVllm, 507, kTransient, kEngine5xx),
    status_row(kVllm, 508, kTransient, kEngine5xx),
    status_row(kVllm, 529, kTransient, kEngine5xx),
    status_row(kVllm, 204, kTransient, kEngine5xx),
    grpc_row(1, kTransient, kConnection),
    grpc_row(kUnknown, kTransient, kEngine5xx),
    grpc_row(kInvalidArgument, kFatal, kValidation),
    grpc_row(kDeadlineExceeded, kTimeout, kEngineTimeout),
    grpc_row(kNotFound, kFatal, kModelNotFound),
    grpc_row(6, kFatal, kValidation),
    grpc_row(7, kFatal, kAuth),
    grpc_row(kResourceExhausted, kTransient, kRateLimited),
    grpc_row(9, kFatal, kValidation),
    grpc_row(10, kTransient, kEngine5xx),
    grpc_row(11, kFatal, kValidation),
    grpc_row(12, kFatal, kUnsupported),
    grpc_row(kInternal, kTransient, kEngine5xx),
    grpc_row(kUnavailable, kTransient, kEngine5xx),
    grpc_row(15, kTransient, kEngine5xx),
    grpc_row(16, kFatal, kAuth),
    grpc_row(99, kTransient, kEngine5xx),
};

const std::vector<Row> kTransportRows = {
    {"NotConnected",
     kVllm,
     TransportSignal{TransportFault::kNotConnected},
     kTransient,
     kConnection,
     false,
     false},
    {"NoSuchHost",
     kVllm,
     TransportSignal{TransportFault::kNoSuchHost},
     kTransient,
     kConnection,
     false,
     false},
    {"BadUrl", kVllm, TransportSignal{TransportFault::kBadUrl}, kFatal, kValidation, false, false},
    {"TlsHandshake",
     kVllm,
     TransportSignal{TransportFault::kTlsHandshake},
     kTransient,
     kConnection,
     false,
     false},
    {"TlsRefused", kVllm, TransportSignal{TransportFault::kTlsRefused}, kFatal, kAuth, false, false
    },
    {"BrokenBeforeTheAnswer",
     kVllm,
     TransportSignal{TransportFault::kBroken, true},
     kTransient,
     kConnection},
    {"BrokenInTheAnswer",
     kVllm,
     TransportSignal{TransportFault::kBroken, true, true},
     kTransient,
     kConnection},
    {"OurDeadline",
     kVllm,
     TransportSignal{TransportFault::kDeadline, true},
     kTimeout,
     kEngineTimeout},
    {"AnswerThatStopped",
     kVllm,
     TransportSignal{TransportFault::kStalled, true, true},
     kTimeout,
     kEngineTimeout},
    {"AnswerThatWeRefused",
     kVllm,
     TransportSignal{TransportFault::kRefused, true, true},
     kTransient,
     kEngine5xx},
    {"AnswerTooLarge",
     kVllm,
     TransportSignal{TransportFault::kTooLarge, true, true},
     kOutOfMemory,
     kEngineOom},
    {"NotHttp",
     kVllm,
     TransportSignal{TransportFault::kUnintelligible, true},
     kTransient,
     kConnection},
    {"NoDescriptorsLeft",
     kVllm,
     TransportSignal{TransportFault::kNoResources},
     kTransient,
     kConnection,
     false,
     false},
    {"OurMessageLimit",
     kTriton,
     grpc(kResourceExhausted, "Received message larger than max (9 vs. 4)"),
     kOutOfMemory,
     kEngineOom},
    {"StreamReset",
     kTriton,
     grpc(kInternal, "Received RST_STREAM with error code 2"),
     kTransient,
     kConnection},
    {"GoAway", kTriton, grpc(kUnavailable, "GOAWAY received"), kTransient, kConnection},
};

const std::vector<Row> kDefectRows = {
    {"ContentType", kVllm, DefectSignal{Defect::kContentType}, kTransient, kEngine5xx},
    {"Malformed", kVllm, DefectSignal{Defect::kMalformed}, kTransient, kEngine5xx},
    {"Incomplete", kVllm, DefectSignal{Defect::kIncomplete, "`choices`"}, kTransient, kEngine5xx},
    {"Null", kVllm, DefectSignal{Defect::kNull}, kTransient, kEngine5xx},
    {"Garbled", kVllm, DefectSignal{Defect::kGarbled}, kTransient, kEngine5xx},
    {"Unfinished", kVllm, DefectSignal{Defect::kUnfinished}, kTransient, kEngine5xx},
    {"Aborted", kVllm, DefectSignal{Defect::kAborted}, kTransient, kEngine5xx},
    {"Failed", kVllm, DefectSignal{Defect::kFailed}, kTransient, kEngine5xx},
    {"NothingGenerated", kVllm, DefectSignal{Defect::kNothingGenerated}, kFatal, kContextLength},
    {"WrongCount", kVllm, DefectSignal{Defect::kWrongCount, "2 results"}, kFatal, kEngine5xx},
    {"WrongSize", kTriton, DefectSignal{Defect::kWrongSize, "output 'x'"}, kFatal, kEngine5xx},
};

class ClassifyTable : public testing::TestWithParam<Row> {};

TEST_P(ClassifyTable, GivesClassAndCode) {
    const Row& row = GetParam();

    const Verdict verdict = classify(row.engine, row.signal);

    EXPECT_EQ(to_string(verdict.error_class), to_string(row.error_class)) << verdict.reason;
    EXPECT_EQ(to_string(verdict.code), to_string(row.code)) << verdict.reason;
    EXPECT_EQ(verdict.replica_bad, row.replica_bad);
    EXPECT_EQ(verdict.sent, row.sent);
    EXPECT_FALSE(verdict.reason.empty());
    EXPECT_FALSE(verdict.next_step.empty());
}

std::string name_of(const testing::TestParamInfo<Row>& info) {
    return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Vllm, ClassifyTable, testing::ValuesIn(kVllmRows), name_of);
INSTANTIATE_TEST_SUITE_P(OtherOpenAi, ClassifyTable, testing::ValuesIn(kOtherOpenAiRows), name_of);
INSTANTIATE_TEST_SUITE_P(Triton, ClassifyTable, testing::ValuesIn(kTritonRows), name_of);
INSTANTIATE_TEST_SUITE_P(Status, ClassifyTable, testing::ValuesIn(kStatusRows), name_of);
INSTANTIATE_TEST_SUITE_P(Transport, ClassifyTable, testing::ValuesIn(kTransportRows), name_of);
INSTANTIATE_TEST_SUITE_P(Defects, ClassifyTable, testing::ValuesIn(kDefectRows), name_of);

TEST(Classify, KnowsEachPhraseForNoMemoryWhereverItStands) {
    for (const char* phrase :
         {"CUDA out of memory. Tried to allocate 2.00 GiB",
          "torch.OutOfMemoryError",
          "OutOfMemoryException",
          "cudaErrorMemoryAllocation",
          "CUDA_ERROR_OUT_OF_MEMORY",
          "CUBLAS_STATUS_ALLOC_FAILED",
          "CNMEM_STATUS_OUT_OF_MEMORY",
          "std::bad_alloc",
          "MemoryError",
          "Unable to allocate 16.0 GiB",
          "DefaultCPUAllocator: can't allocate memory",
          "not enough memory",
          "not enough GPU memory",
          "Failed to allocate",
          "Cannot allocate memory",
          "BFCArena::AllocateRawInternal"}) {
        for (const Signal& signal :
             {Signal{http(500, nested("InternalServerError", phrase))},
              Signal{http(400, flat("BadRequestError", phrase))},
              Signal{grpc(kInternal, phrase)},
              Signal{in_stream("InternalServerError", phrase, 500)}}) {
            EXPECT_EQ(classify(kTensorRtLlm, signal).error_class, kOutOfMemory) << phrase;
        }
    }
}

TEST(Classify, KnowsEachPhraseForAGpuThatIsLost) {
    for (const char* phrase :
         {"an illegal memory access was encountered",
          "device-side assert triggered",
          "CUDA error: unspecified launch failure",
          "NVRM: Xid (PCI:0000:65:00): 79",
          "NCCL error"}) {
        for (const Signal& signal :
             {Signal{http(500, nested("InternalServerError", phrase))},
              Signal{in_stream("InternalServerError", phrase, 500)}}) {
            const Verdict verdict = classify(kSglang, signal);
            EXPECT_EQ(verdict.error_class, kTransient) << phrase;
            EXPECT_TRUE(verdict.replica_bad) << phrase;
        }
    }
}

TEST(Classify, TellsTheLimitThatTheEngineNamed) {
    const auto context = classify(
        kVllm,
        http(
            400,
            nested(
                "BadRequestError",
                "Input length (600) exceeds model's maximum "
                "context length (512)."
            )
        )
    );
    const auto batch = classify(
        kTriton, grpc(kInvalidArgument, "inference request batch-size must be <= 4 for 'echo'")
    );

    EXPECT_THAT(context.reason, HasSubstr("600 tokens"));
    EXPECT_THAT(context.reason, HasSubstr("context 512"));
    EXPECT_EQ(batch.next_step, "send at most 4 at once");
}

TEST(Classify, TellsWhichModelTheEngineDoesNotHave) {
    const auto verdict = classify(
        kVllm, http(404, nested("NotFoundError", "The model `meta/Llama-3` does not exist."))
    );

    EXPECT_THAT(verdict.reason, HasSubstr("no model 'meta/Llama-3'"));
}

TEST(Classify, MessageNamesModelEndpointStatusAndNextStep) {
    const Error error =
        classify(kVllm, http(503, "no healthy upstream"), "llama", "http://gpu1:8000/v1");

    EXPECT_EQ(
        error.message,
        "model 'llama' at http://gpu1:8000/v1: the engine cannot take calls (HTTP 503, 19 bytes of "
        "text); see whether it is "
        "running and its log"
    );
    EXPECT_EQ(error.endpoint, "http://gpu1:8000/v1");
}

TEST(Classify, QuotesNoEngineText) {
    const std::string canary = "My-Secret-Prompt";
    for (const int status : {301, 400, 401, 404, 408, 413, 418, 429, 500, 501, 502, 503, 504}) {
        for (const std::string& body :
             {canary,
              nested("BadRequestError", canary),
              flat(canary, canary),
              R"({"detail":[{"msg":")" + canary + R"(","input":"x"}]})",
              R"({"error":")" + canary + R"("})"}) {
            const Error error = classify(kVllm, http(status, body), "m", "e");
            EXPECT_THAT(error.message, Not(HasSubstr(canary)));
        }
    }
    for (int code = 0; code <= 16; ++code) {
        EXPECT_THAT(
            classify(kTriton, grpc(code, canary), "m", "e").message, Not(HasSubstr(canary))
        );
    }
}

TEST(Classify, KeepsTheEnginesWishForWaitingWhereATryFollows) {
    const auto limited =
        classify(kVllm, HttpStatusSignal{.status = 429, .retry_after = milliseconds{2500}});
    const auto refused =
        classify(kVllm, HttpStatusSignal{.status = 400, .retry_after = milliseconds{2500}});

    EXPECT_EQ(limited.retry_after, milliseconds{2500});
    EXPECT_EQ(refused.retry_after, std::nullopt);
}

TEST(Classify, SaysWhetherSomeOfTheAnswerHadCome) {
    EXPECT_TRUE(classify(kVllm, TransportSignal{TransportFault::kBroken, true, true}).partial);
    EXPECT_FALSE(classify(kVllm, TransportSignal{TransportFault::kBroken, true, false}).partial);
    EXPECT_TRUE(classify(kVllm, DefectSignal{Defect::kAborted}).partial);
}

TEST(Classify, PhrasesOfOneEngineDoNotCountForAnother) {
    const auto verdict =
        classify(kOpenAi, http(400, R"({"error":{"message":"the executor of the will"}})"));

    EXPECT_EQ(verdict.error_class, kFatal);
}

TEST(AsNotReady, MakesAFailedProbeAWaitUnlessItIsFatal) {
    const Error failed = as_not_ready(classify(kVllm, http(503), "m", "e"));
    const Error slow =
        as_not_ready(classify(kVllm, TransportSignal{TransportFault::kDeadline, true}, "m", "e"));
    const Error refused =
        as_not_ready(classify(kVllm, TransportSignal{TransportFault::kNotConnected}, "m", "e"));
    const Error no_entry = as_not_ready(classify(kVllm, http(401), "m", "e"));

    EXPECT_EQ(failed.code, kEngineNotReady);
    EXPECT_EQ(slow.code, kEngineNotReady);
    EXPECT_EQ(slow.error_class, kTransient);
    EXPECT_EQ(refused.code, kConnection);
    EXPECT_EQ(no_entry.code, kAuth);
}

TEST(Classify, TellsWhereTheEngineItselfDiedUnderTheCall) {
    const std::string died = nested(
        "InternalServerError",
        "EngineCore encountered an issue. See stack trace (above) for the root cause."
    );
    EXPECT_TRUE(classify(kVllm, http(500, died)).engine_died);
    EXPECT_TRUE(
        classify(kTriton, grpc(kInternal, "CUDA error: device-side assert triggered")).engine_died
    );
    EXPECT_FALSE(classify(kVllm, http(500, {})).engine_died);
    // Dead since an earlier call, perhaps, and it stays so: no sign against this input.
    EXPECT_FALSE(
        classify(kTriton, grpc(kInternal, "Stub process 'm_0_0' is not healthy.")).engine_died
    );
}

TEST(Classify, TellsTheBatchThatTheEngineTakes) {
    const auto too_large =
        grpc(kInvalidArgument, "inference request batch-size must be <= 8 for 'digits'");
    EXPECT_EQ(classify(kTriton, too_large).batch_limit, 8);
    EXPECT_EQ(classify(kTriton, too_large, "m", "e").batch_limit, 8);
    EXPECT_EQ(
        classify(
            kTriton, grpc(kInvalidArgument, "batch-size must be <= 99999999999999999999 for 'd'")
        )
            .batch_limit,
        std::nullopt
    );
}

}  // namespace
}  // namespace inference
