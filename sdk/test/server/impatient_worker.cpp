// A worker in a process of its own, so that a test can kill it: impatient_worker ADDRESS QUEUE

#include "server/impatient.hpp"
#include "temporal/client.hpp"
#include "temporal/error.hpp"
#include "temporal/worker.hpp"

#include <chrono>
#include <fstream>
#include <string>

int main(int, char** argv) {
    using namespace temporal;
    const Client client = Client::connect({.address = argv[1]});
    Worker worker(client, {.task_queue = argv[2], .sticky_timeout = std::chrono::seconds{1}});
    worker
        .add(
            samples::leave_trace,
            [](ActivityContext& ctx, const std::string& file) {
                const int attempt = ctx.info().attempt;
                std::ofstream(file, std::ios::app) << attempt << '\n';
                if (attempt < 2) {
                    throw ApplicationFailure("not yet");
                }
                return attempt;
            }
        )
        .add<samples::WaitsAsTimer>()
        .add<samples::WaitsWithinItsTask>();
    return worker.run_until_signal();
}
