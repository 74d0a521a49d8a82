#include "cli/job_memo.hpp"

#include "temporal/converter.hpp"

namespace inference::cli {

temporal::PayloadMap job_memo(const std::string& model, Priority priority) {
    return {
        {"model", temporal::to_payload(model)},
        {"priority", temporal::to_payload(std::string(to_string(priority)))}
    };
}

}  // namespace inference::cli
