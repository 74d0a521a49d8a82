#include "stages/accept_reply.hpp"

#include "contracts/engine_call.hpp"
#include "contracts/inferred.hpp"
#include "contracts/processed.hpp"
#include "contracts/result.hpp"
#include "contracts/timings.hpp"
#include "stages/reply_check.hpp"

#include <tl/expected.hpp>

#include <utility>

namespace inference {

Result<Inferred> accept_reply(Processed processed, EngineReply reply) {
    if (auto error = check_reply(reply, processed.shape)) {
        return tl::unexpected(*std::move(error));
    }
    Timings timings = processed.timings;
    timings.infer = reply.latency;
    timings.time_to_first_token = reply.time_to_first_token;
    return Inferred{
        .reply = std::move(reply),
        .shape = processed.shape,
        .filters = std::move(processed.filters),
        .model = processed.call.model,
        .served_model = processed.call.model,
        .fallback = false,
        .traceparent = std::move(processed.call.traceparent),
        .attempt = processed.attempt,
        .timings = timings,
        .metadata = std::move(processed.metadata),
    };
}

}  // namespace inference
