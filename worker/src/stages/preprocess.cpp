#include "stages/preprocess.hpp"

#include "contracts/engine_call.hpp"
#include "contracts/error.hpp"
#include "contracts/infer_request.hpp"
#include "contracts/priority.hpp"
#include "contracts/processed.hpp"
#include "contracts/result.hpp"
#include "contracts/traceparent.hpp"
#include "registry/engine.hpp"
#include "registry/model.hpp"
#include "registry/model_registry.hpp"
#include "stages/engine_request.hpp"
#include "stages/input_task.hpp"

#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <utility>

namespace inference {
namespace {

Error cannot_serve(const Model& model, Task task) {
    const std::string engine(to_string(model.engine));
    return fatal(
        ErrorCode::kUnsupported,
        "model '" + model.name + "' is served by " + engine + ", which takes " +
            tasks_of(model.engine) + "; the request's input asks for " +
            std::string(to_string(task)) + ". Choose another model, or send the input it takes"
    );
}

/// An error of the request's content, with the model it was meant for.
Error about(const Model& model, Error error) {
    error.message = "model '" + model.name + "': " + error.message;
    return error;
}

Result<EngineRequest> engine_request(const Model& model, Task task, InferRequest& request) {
    if (!serves(model.engine, task)) {
        return tl::unexpected(cannot_serve(model, task));
    }
    auto emitted = dialect_of(model.engine) == Dialect::kKserveV2
                       ? kserve_request(model, std::move(request.input), request.parameters)
                       : openai_request(model, task, std::move(request.input), request.parameters);
    return std::move(emitted).map_error([&](Error error) { return about(model, std::move(error)); }
    );
}

std::string valid_or_none(std::optional<std::string> traceparent) {
    return traceparent && is_traceparent(*traceparent) ? *std::move(traceparent) : std::string();
}

}  // namespace

Result<Processed> preprocess(
    InferRequest request, const ModelRegistry& registry, const JobContext& job
) {
    const auto found = registry.lookup(request.model);
    if (!found) {
        return tl::unexpected(found.error());
    }
    const Model& model = *found;
    const Result<Task> task = task_of(request.input);
    if (!task) {
        return tl::unexpected(about(model, task.error()));
    }
    Result<EngineRequest> emitted = engine_request(model, *task, request);
    if (!emitted) {
        return tl::unexpected(std::move(emitted.error()));
    }
    return Processed{
        .call =
            {
                .model = model.name,
                .task = *task,
                .body = std::move(emitted->body),
                .request_id = job.job_id,
                .traceparent = valid_or_none(std::move(request.traceparent)),
                .priority = engine_priority(request.priority.value_or(job.queue_priority)),
            },
        .shape = emitted->shape,
        .filters = model.prompt_template.filters,
        .stream = request.stream,
        .fallback = request.allow_fallback ? model.fallback.value_or("") : std::string(),
        .timings = {},
        .metadata = std::move(request.metadata),
    };
}

}  // namespace inference
