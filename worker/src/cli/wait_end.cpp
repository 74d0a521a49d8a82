#include "cli/wait_end.hpp"

#include "cli/table.hpp"

namespace inference::cli {

std::string goes_on_text(const std::string& job_id) {
    const std::string id = printable(job_id);
    return "job '" + id + "' goes on\n  look on:     inference-worker watch " + id +
           "\n  its answer:  inference-worker result " + id;
}

}  // namespace inference::cli
