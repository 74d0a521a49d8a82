#include "adapters/classify/classify.hpp"

#include "adapters/classify/error_body.hpp"
#include "adapters/classify/pattern.hpp"
#include "adapters/classify/status_rules.hpp"
#include "adapters/classify/text_rules.hpp"

#include <charconv>
#include <system_error>
#include <utility>

namespace inference {
namespace {

constexpr int kNoStatus = -1;

/// Nothing where it is too large, or written with commas or points.
std::optional<std::int64_t> to_number(const std::string& digits) {
    std::int64_t number = 0;
    const char* const end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, number);
    return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

Verdict verdict_of(const Meaning& meaning, const std::vector<std::string>& captures = {}) {
    return {
        .error_class = meaning.error_class,
        .code = meaning.code,
        .reason = fill(meaning.reason, captures),
        .next_step = fill(meaning.next_step, captures),
        .sent = meaning.sent,
        .replica_bad = meaning.replica_bad,
        .engine_died = meaning.engine_died,
        .batch_limit = meaning.captures_batch_limit && !captures.empty() ? to_number(captures[0])
                                                                         : std::nullopt,
    };
}

std::string count_of_bytes(std::size_t bytes) {
    return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
}

// What is said of text that we know, and of text that we do not and so must not show.
void add_origin(Verdict& verdict, const std::string& status, bool is_known, std::size_t bytes) {
    verdict.reason += " (" + status;
    if (!is_known) {
        verdict.reason +=
            bytes == 0 ? ", without a text" : ", " + count_of_bytes(bytes) + " of text";
    }
    verdict.reason += ")";
}

Verdict of(EngineKind engine, const HttpStatusSignal& signal) {
    const auto match = match_text(engine, signal.status, read_error_body(signal.body).text);
    Verdict verdict = match ? verdict_of(*match->meaning, match->captures)
                            : verdict_of(meaning_of_http_status(signal.status));
    add_origin(
        verdict, "HTTP " + std::to_string(signal.status), match.has_value(), signal.body.size()
    );
    if (verdict.error_class == ErrorClass::kTransient) {
        verdict.retry_after = signal.retry_after;
    }
    return verdict;
}

Verdict of(EngineKind, const TransportSignal& signal) {
    Verdict verdict = verdict_of(meaning_of_fault(signal.fault));
    verdict.sent = signal.sent;
    verdict.partial = signal.partial;
    return verdict;
}

Verdict of(EngineKind engine, const GrpcSignal& signal) {
    const auto match = match_text(engine, signal.code, signal.message);
    Verdict verdict = match ? verdict_of(*match->meaning, match->captures)
                            : verdict_of(meaning_of_grpc_code(signal.code));
    add_origin(
        verdict,
        "gRPC " + std::string(grpc_code_name(signal.code)),
        match.has_value(),
        signal.message.size()
    );
    return verdict;
}

Verdict of(EngineKind engine, const InBandSignal& signal) {
    const ErrorBody error = read_error_body(signal.body);
    const auto match = match_text(engine, error.code == 0 ? kNoStatus : error.code, error.text);
    Verdict verdict = match
                          ? verdict_of(*match->meaning, match->captures)
                          : verdict_of(meaning_of_http_status(error.code == 0 ? 500 : error.code));
    add_origin(verdict, "an error inside the answer", match.has_value(), signal.body.size());
    return verdict;
}

Verdict of(EngineKind, const DefectSignal& signal) {
    Verdict verdict = verdict_of(meaning_of_defect(signal.defect), {signal.detail});
    verdict.partial = signal.defect == Defect::kUnfinished || signal.defect == Defect::kAborted;
    return verdict;
}

}  // namespace

Verdict classify(EngineKind engine, const Signal& signal) {
    return std::visit([engine](const auto& kind) { return of(engine, kind); }, signal);
}

Error classify(
    EngineKind engine, const Signal& signal, std::string_view model, std::string_view endpoint
) {
    Verdict verdict = classify(engine, signal);
    std::string message = "model '" + std::string(model) + "' at " + std::string(endpoint) + ": ";
    message += verdict.reason + "; " + verdict.next_step;
    return {
        .error_class = verdict.error_class,
        .code = verdict.code,
        .message = std::move(message),
        .endpoint = std::string(endpoint),
        .retry_after = verdict.retry_after,
        .sent = verdict.sent,
        .replica_bad = verdict.replica_bad,
        .partial = verdict.partial,
        .engine_died = verdict.engine_died,
        .batch_limit = verdict.batch_limit,
    };
}

Error as_not_ready(Error error) {
    if (error.error_class != ErrorClass::kFatal && error.code != ErrorCode::kConnection) {
        error.error_class = ErrorClass::kTransient;
        error.code = ErrorCode::kEngineNotReady;
    }
    return error;
}

}  // namespace inference
