#include "converter/workflow_metadata.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace temporal {
namespace {

using detail::HandlerInfo;
using detail::HandlerKind;

const char* field_of(HandlerKind kind) {
    switch (kind) {
        case HandlerKind::kSignal: return "signalDefinitions";
        case HandlerKind::kQuery: return "queryDefinitions";
        case HandlerKind::kUpdate: return "updateDefinitions";
    }
    return "";
}

}  // namespace

Payload metadata_payload(
    std::string_view workflow_type,
    std::span<const HandlerInfo> handlers,
    const std::string& current_details
) {
    std::vector<HandlerInfo> sorted(handlers.begin(), handlers.end());
    sorted.push_back({HandlerKind::kQuery, kStackTraceQuery, "What the workflow waits for."});
    sorted.push_back({HandlerKind::kQuery, kMetadataQuery, "The handlers and the current details."}
    );
    std::ranges::sort(sorted, {}, &HandlerInfo::name);

    nlohmann::json definition{{"type", workflow_type}};
    for (const HandlerInfo& handler : sorted) {
        definition[field_of(handler.kind)].push_back(
            {{"name", handler.name}, {"description", handler.description}}
        );
    }
    const nlohmann::json metadata{
        {"definition", std::move(definition)}, {"currentDetails", current_details}
    };
    return {
        .metadata =
            {{"encoding", "json/protobuf"}, {"messageType", "temporal.api.sdk.v1.WorkflowMetadata"}
            },
        // They are only looked at: bytes that are no UTF-8 are no reason to show nothing.
        .data = metadata.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
    };
}

}  // namespace temporal
