#include "stages/postprocess.hpp"

#include "contracts/infer_response.hpp"
#include "contracts/inferred.hpp"
#include "contracts/result.hpp"
#include "contracts/token_usage.hpp"
#include "stages/normalised_output.hpp"
#include "stages/reply_check.hpp"

#include <tl/expected.hpp>

#include <string>
#include <utility>

namespace inference {

Result<InferResponse> postprocess(Inferred inferred, std::string job_id) {
    if (auto error = check_reply(inferred.reply, inferred.shape)) {
        return tl::unexpected(*std::move(error));
    }
    const TokenUsage usage = usage_of(inferred.reply.body);
    NormalisedOutput normalised =
        normalise_output(std::move(inferred.reply.body), inferred.shape, inferred.filters);
    InferResponse response;
    response.job_id = std::move(job_id);
    response.model = std::move(inferred.model);
    response.served_model = std::move(inferred.served_model);
    response.fallback = inferred.fallback;
    response.output = std::move(normalised.output);
    response.content = std::move(normalised.content);
    response.usage = usage;
    response.finish_reason = std::move(normalised.finish_reason);
    response.truncated = normalised.truncated;
    response.timings = inferred.timings;
    response.metadata = std::move(inferred.metadata);
    return response;
}

}  // namespace inference
