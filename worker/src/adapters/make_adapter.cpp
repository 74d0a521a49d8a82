#include "adapters/make_adapter.hpp"

#include "adapters/kserve/http_endpoint.hpp"
#include "adapters/kserve/kserve_adapter.hpp"
#include "adapters/kserve/kserve_http_adapter.hpp"
#include "adapters/openai/openai_adapter.hpp"

#include <utility>

namespace inference {

Result<std::unique_ptr<Adapter>> make_adapter(
    EngineKind engine, EndpointOptions options, std::shared_ptr<HttpEngine> http
) {
    if (engine == EngineKind::kTriton || engine == EngineKind::kKserve) {
        if (is_http_endpoint(options.url)) {
            return make_kserve_http_adapter(engine, std::move(options), std::move(http));
        }
        return make_kserve_adapter(engine, std::move(options));
    }
    return make_openai_adapter(engine, std::move(options), std::move(http));
}

}  // namespace inference
