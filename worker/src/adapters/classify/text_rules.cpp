#include "adapters/classify/text_rules.hpp"

#include "adapters/classify/pattern.hpp"

namespace inference {
namespace {

using enum ErrorClass;
using enum ErrorCode;

using Engines = unsigned;

constexpr Engines bit(EngineKind engine) {
    return 1U << static_cast<unsigned>(engine);
}

constexpr Engines kAny = ~0U;
constexpr Engines kVllm = bit(EngineKind::kVllm);
constexpr Engines kSglang = bit(EngineKind::kSglang);
constexpr Engines kTensorRtLlm = bit(EngineKind::kTensorRtLlm);
constexpr Engines kOpenVino = bit(EngineKind::kOpenVino);
constexpr Engines kKserve = bit(EngineKind::kTriton) | bit(EngineKind::kKserve);
constexpr Engines kOpenAiLike = ~kKserve;

constexpr int kAnyStatus = -1;
constexpr int kGrpcUnavailable = 14;

struct TextRule {
    std::string_view pattern;  // see pattern.hpp
    const Meaning& meaning;
    Engines engines = kAny;
    int status = kAnyStatus;
};

// ---- Meanings that several phrases share ----

constexpr Meaning kBadFields{
    kFatal,
    kValidation,
    "the engine refuses {1} of the request's fields",
    "compare the request's input and parameters with the engine's API"
};
constexpr Meaning kLoadFailed{
    kTransient,
    kEngineNotReady,
    "the engine could not load the model",
    "see the engine's log for the cause"
};
constexpr Meaning kNoMemory{
    kOutOfMemory,
    kEngineOom,
    "the engine ran out of memory",
    "send smaller batches or give the engine more memory"
};
constexpr Meaning kBatchAbove{
    kOutOfMemory,
    kEngineOom,
    "the batch is larger than the {1} that the model takes",
    "send at most {1} at once",
    false,
    true,
    false,
    true
};
constexpr Meaning kTooLarge{
    kOutOfMemory,
    kEngineOom,
    "the request or its answer is larger than a limit on the way",
    "send smaller batches or raise the limit of the engine"
};
constexpr Meaning kTimedOutInQueue{
    kTimeout,
    kEngineTimeout,
    "the request waited longer than the engine allows",
    "lower the load or add replicas"
};
constexpr Meaning kRestricted{
    kFatal,
    kAuth,
    "the engine's API is restricted to callers with a key",
    "set the key that the engine expects"
};
constexpr Meaning kNoModel{
    kFatal,
    kModelNotFound,
    "the engine has no model '{1}'",
    "check engine_model and the models that the engine was started with"
};
constexpr Meaning kNoSuchModel{
    kFatal,
    kModelNotFound,
    "the engine does not have the model",
    "check engine_model and the models that the engine was started with"
};
constexpr Meaning kNoAdapter{
    kFatal,
    kModelNotFound,
    "the engine could not load LoRA adapter '{1}'",
    "check that adapter's files on the engine"
};
constexpr Meaning kTooLong{
    kFatal,
    kContextLength,
    "the prompt and max_tokens do not fit the model's context of {1} tokens",
    "shorten the prompt or lower max_tokens"
};
constexpr Meaning kTooLongUnknown{
    kFatal,
    kContextLength,
    "the prompt and max_tokens do not fit the model's context",
    "shorten the prompt or lower max_tokens"
};
constexpr Meaning kTooLongCounted{
    kFatal,
    kContextLength,
    "the prompt has {1} tokens, the model's context {2}",
    "shorten the prompt"
};
constexpr Meaning kQueueFull{
    kTransient, kRateLimited, "the engine's queue is full", "lower the load or add replicas"
};
constexpr Meaning kPreempted{
    kTransient,
    kRateLimited,
    "the engine dropped the request for one of higher priority",
    "lower the load or raise the priority"
};
constexpr Meaning kLoading{
    kTransient,
    kEngineNotReady,
    "the engine knows the model but has not loaded it",
    "wait for it to load; if it does not, see the engine's log"
};
constexpr Meaning kNoModelOrLoading{
    kTransient,
    kEngineNotReady,
    "the engine does not have the model, or not yet",
    "check engine_model; if it is right, wait for the model to load"
};
constexpr Meaning kStopping{
    kTransient, kEngineNotReady, "the engine is stopping", "start it again or add replicas"
};
constexpr Meaning kScaling{
    kTransient, kEngineNotReady, "the engine is scaling", "wait until it has finished"
};
constexpr Meaning kEngineDied{
    kTransient,
    kEngine5xx,
    "the engine died under the call, perhaps out of memory",
    "see the engine's log; if it says out of memory, lower its limits or send smaller batches",
    false,
    true,
    true
};
constexpr Meaning kStubDead{
    kTransient,
    kEngine5xx,
    "the model's process '{1}' is dead and will not come back by itself",
    "unload and load the model, or restart the engine",
    true
};
constexpr Meaning kDeviceLost{
    kTransient,
    kEngine5xx,
    "the engine's GPU reported an error that outlives the call",
    "restart the engine",
    true,
    true,
    true
};
constexpr Meaning kExecutorFailed{
    kTransient,
    kEngine5xx,
    "the engine's executor failed",
    "see the engine's log; it may have to be restarted"
};
constexpr Meaning kGivenUp{
    kTransient,
    kConnection,
    "somebody on the way gave up the call",
    "look for a proxy between worker and engine"
};
constexpr Meaning kBadJson{
    kFatal,
    kValidation,
    "the engine cannot read the request's JSON",
    "report this as an error of the worker"
};
constexpr Meaning kBadShape{
    kFatal,
    kValidation,
    "the engine refuses the shape of tensor '{1}'",
    "send the shape of the model's metadata"
};
constexpr Meaning kBadType{
    kFatal, kValidation, "tensor '{1}' is {2}, the engine expects {4}", "send it as {4}"
};
constexpr Meaning kUnexpectedInput{
    kFatal,
    kValidation,
    "the model has no input tensor '{1}'",
    "send the tensors of the model's metadata"
};
constexpr Meaning kUnevenBatch{
    kFatal,
    kValidation,
    "tensor '{1}' has another batch size than the other inputs",
    "send the same number of items in every input"
};
constexpr Meaning kNoSequence{
    kFatal,
    kValidation,
    "the engine does not know the sequence, or no longer",
    "send the whole sequence again under a new sequence_id, the first request with sequence_start"
};
constexpr Meaning kDecoupled{
    kFatal,
    kUnsupported,
    "the model streams its answers (decoupled), which HTTP cannot carry",
    "give host:port of the engine's gRPC port as the endpoint"
};
constexpr Meaning kBadCertificate{
    kFatal,
    kAuth,
    "the engine's certificate is not trusted, or ours not accepted",
    "check ca_file, cert_file, key_file and server_name",
    false,
    false
};
constexpr Meaning kRefused{
    kTransient,
    kConnection,
    "nothing listens there, or it cannot be reached",
    "start the engine or correct the endpoint",
    false,
    false
};
constexpr Meaning kNoHost{
    kTransient,
    kConnection,
    "the host's name cannot be resolved",
    "correct the endpoint or wait for DNS",
    false,
    false
};
constexpr Meaning kConnectionLost{
    kTransient,
    kConnection,
    "the connection broke under the call",
    "see whether the engine was restarted or crashed"
};

// ---- The rules, in order ----

constexpr TextRule kRules[] = {
    // These quote what the client sent, or speak of another request, so nothing else in them counts.
    {"# validation error", kBadFields, kOpenAiLike, 400},
    {"load failed for model", kLoadFailed, kKserve},

    {"unable to allocate #", kNoMemory},
    {"out of memory", kNoMemory},
    {"outofmemory", kNoMemory},
    {"out_of_memory", kNoMemory},
    {"cudaerrormemoryallocation", kNoMemory},
    {"status_alloc_failed", kNoMemory},
    {"std::bad_alloc", kNoMemory},
    {"memoryerror", kNoMemory},
    {"can't allocate memory", kNoMemory},
    {"cannot allocate memory", kNoMemory},
    {"not enough memory", kNoMemory},
    {"not enough gpu memory", kNoMemory},
    {"failed to allocate", kNoMemory},
    {"memory allocation failed", kNoMemory},
    {"bfcarena", kNoMemory},

    {"batch-size must be <= #", kBatchAbove, kKserve},
    {"exceeds the maximum allowed input size", kTooLarge, kKserve},
    {"message larger than max", kTooLarge, kKserve},
    {"exceeds grpc's byte size limit", kTooLarge, kKserve},

    {"timeout expired", kTimedOutInQueue},
    {"timeout reached", kTimedOutInQueue},
    {"sequence has been expired", kTimedOutInQueue},

    {"this protocol is restricted", kRestricted, kKserve},
    {"certificate verify failed", kBadCertificate, kKserve, kGrpcUnavailable},
    {"is not in peer certificate", kBadCertificate, kKserve, kGrpcUnavailable},
    {"certificate required", kBadCertificate, kKserve, kGrpcUnavailable},
    {"failed to connect to all addresses", kRefused, kKserve, kGrpcUnavailable},
    {"connections to all backends failing", kRefused, kKserve, kGrpcUnavailable},
    {"errors resolving", kNoHost, kKserve, kGrpcUnavailable},
    {"dns resolution failed", kNoHost, kKserve, kGrpcUnavailable},
    {"empty address list", kNoHost, kKserve, kGrpcUnavailable},
    {"socket closed", kConnectionLost, kKserve},
    {"connection reset by peer", kConnectionLost, kKserve},
    {"broken pipe", kConnectionLost, kKserve},
    {"goaway", kConnectionLost, kKserve},
    {"rst_stream", kConnectionLost, kKserve},

    {"stub process ?@? is not healthy", kStubDead, kKserve},
    {"illegal memory access", kDeviceLost},
    {"device-side assert", kDeviceLost},
    {"cuda error", kDeviceLost},
    {"xid (pci", kDeviceLost},
    {"nccl", kDeviceLost},

    {"unknown model: ?@? is not found", kNoModel, kKserve},
    {"unknown model: ?@? version # is not found", kNoModel, kKserve},
    {"has no available versions", kLoading, kKserve},
    {"is not at ready state", kLoading, kKserve},
    {"model version not ready", kLoading, kKserve},
    {"is not ready yet", kLoading, kKserve},
    {"server is stopping", kStopping, kKserve},
    {"exceeds maximum queue size", kQueueFull, kKserve},
    {"queue is busy", kQueueFull, kKserve},
    {"failed to parse the request json", kBadJson, kKserve},
    {"unexpected shape for input ?@?", kBadShape, kKserve},
    {"input ?@? data-type is ?@?, but model ?@? expects ?@?", kBadType, kKserve},
    {"unexpected inference input ?@?", kUnexpectedInput, kKserve},
    {"input ?@? batch size does not match other inputs", kUnevenBatch, kKserve},
    {"must specify the start flag on the first request", kNoSequence, kKserve},
    {"decoupled transaction policy", kDecoupled, kKserve},
    {"cancelled", kGivenUp, kKserve, 400},

    {"enginecore encountered an issue", kEngineDied, kVllm},
    {"currently busy and cannot accept new requests", kQueueFull, kVllm},
    {"prefill token backlog limit", kQueueFull, kVllm},
    {"model is currently scaling", kScaling, kVllm},
    {"request queue is full", kQueueFull, kSglang},
    {"aborted by a higher priority request", kPreempted, kSglang},
    // It answers its HTTP port before its graphs are loaded, and then says what it says of a wrong name.
    {"graph definition with requested name is not found", kNoModelOrLoading, kOpenVino},
    {"mediapipe is not loaded yet", kLoading, kOpenVino},
    {"mediapipe is retired", kLoading, kOpenVino},
    {"model with requested name is not found", kNoSuchModel, kOpenVino},

    {"input (# tokens) is longer than the model's context length (#", kTooLongCounted, kOpenAiLike},
    {"input length (#) exceeds model's maximum context length (#", kTooLongCounted, kOpenAiLike},
    {"(length #) is longer than the maximum model length of #", kTooLongCounted, kOpenAiLike},
    {"maximum context length is # ", kTooLong, kOpenAiLike},
    {"maximum context length of # ", kTooLong, kOpenAiLike},
    {"prompt length (#) exceeds maximum input length (#", kTooLongCounted, kTensorRtLlm},
    {"should not exceed max_seq_len (#", kTooLong, kTensorRtLlm},
    {"context_length_exceeded", kTooLongUnknown, kOpenAiLike},
    {"lora adapter ?@? was found but could not be loaded", kNoAdapter, kOpenAiLike},
    {"the model ?@? does not exist", kNoModel, kOpenAiLike},
    {"model_not_found", kNoSuchModel, kOpenAiLike},
    {"notfounderror", kNoSuchModel, kOpenAiLike, 404},
    // Any failure is a 400 here, so what is about the request comes first.
    {"executor", kExecutorFailed, kTensorRtLlm, 400},
};

bool applies(const TextRule& rule, EngineKind engine, int status) {
    return (rule.engines & bit(engine)) != 0 &&
           (rule.status == kAnyStatus || rule.status == status);
}

}  // namespace

std::optional<TextMatch> match_text(EngineKind engine, int status, std::string_view text) {
    for (const TextRule& rule : kRules) {
        if (!applies(rule, engine, status)) {
            continue;
        }
        if (auto captures = find_pattern(rule.pattern, text)) {
            return TextMatch{&rule.meaning, *std::move(captures)};
        }
    }
    return std::nullopt;
}

}  // namespace inference
