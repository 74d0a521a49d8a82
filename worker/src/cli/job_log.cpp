#include "cli/job_log.hpp"

#include "contracts/inferred.hpp"
#include "contracts/timings.hpp"
#include "temporal/failure.hpp"

#include <algorithm>
#include <string_view>

namespace inference::cli {
namespace {

using std::chrono::milliseconds;

constexpr char kMessage[] = "job finished";

milliseconds since_scheduled(const temporal::ActivityInfo& info) {
    const auto passed = std::chrono::system_clock::now() - info.scheduled_time;
    return std::max(milliseconds(0), std::chrono::duration_cast<milliseconds>(passed));
}

nlohmann::json fields(
    const std::string& job_id,
    const std::string& model,
    const TokenUsage& usage,
    milliseconds latency,
    std::string_view status
) {
    return {
        {"job_id", job_id},
        {"model", model},
        {"input_tokens", usage.prompt_tokens},
        {"output_tokens", usage.completion_tokens},
        {"latency_ms", latency.count()},
        {"status", status}
    };
}

}  // namespace

nlohmann::json finished_fields(const InferResponse& response, milliseconds latency) {
    return fields(response.job_id, response.model, response.usage, latency, response.status);
}

nlohmann::json failed_fields(
    const std::string& job_id, const std::string& model, milliseconds latency
) {
    return fields(job_id, model, {}, latency, "failed");
}

Processed LoggedPreprocess::operator()(temporal::ActivityContext& ctx, InferRequest request) const {
    const std::string model = request.model;
    try {
        return step_(ctx, std::move(request));
    } catch (const temporal::ApplicationFailure& failure) {
        if (failure.non_retryable()) {
            log_.info(
                kMessage, failed_fields(ctx.info().workflow_id, model, since_scheduled(ctx.info()))
            );
        }
        throw;
    }
}

InferResponse LoggedPostprocess::operator()(temporal::ActivityContext& ctx, Inferred inferred)
    const {
    const std::string model = inferred.model;
    const Timings before = inferred.timings;
    const auto latency = [&] {
        return std::max(before.total, before.preprocess + before.infer) +
               since_scheduled(ctx.info());
    };
    try {
        InferResponse response = postprocess_activity(ctx, std::move(inferred));
        log_.info(kMessage, finished_fields(response, latency()));
        return response;
    } catch (const temporal::ApplicationFailure& failure) {
        if (failure.non_retryable()) {
            log_.info(kMessage, failed_fields(ctx.info().workflow_id, model, latency()));
        }
        throw;
    }
}

}  // namespace inference::cli
