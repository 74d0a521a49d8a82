// Whatever text a configuration file holds, it is a configuration or a list of what is wrong with it.
#include "config/load.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string yaml(reinterpret_cast<const char*>(data), size);
    const auto config = inference::parse_config(yaml, "/etc/inference-worker.yaml");
    if (!config && config.error().problems.empty()) {
        std::abort();
    }
    return 0;
}
